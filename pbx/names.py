"""The words that Asterisk's dialplan, agi/, the ingest and the tests share.

A name used on both sides of the wall stands here once. A test compares it with pbx/etc/extensions.conf, so
neither side can drift. User events carry only digits and words of ours, joined by `|`: what a caller or an
owner wrote never travels in them.
"""

from __future__ import annotations

# --- AGI scripts, as the dialplan asks for them: agi://host:port/<name> -----------------------------------
AGI_ROUTE = "route"
AGI_MENU = "menu"
AGI_KEEP = "keep"
AGI_PERMIT = "permit"
AGI_VOICEMAIL = "voicemail"

# --- channel variables ------------------------------------------------------------------------------------
# set by numbers.conf before anything else happens to a call
DID = "DID"  # Did.id
SHOP = "SHOP"  # Shop.id
CALLER_LANGUAGE = "CALLER_LANGUAGE"  # uk, ru, en
QUEUE = "QUEUE"  # queue name
LIVE = "LIVE"  # 1 once the shop has published a menu, else 0: its numbers are not answered
RECORD = "RECORD"  # 1 when the published greeting tells callers that calls are recorded, else 0
SHOP_LABEL = "SHOP_LABEL"  # the shop's name in plain ASCII letters: what an operator's phone shows
SHOP_NAME = "SHOP_NAME"  # sound that tells the operator which shop it is; "" when there is none
LAST_RESORT = "LAST_RESORT"  # "message", or what Dial() rings: PJSIP/<number>@trunk-<id>
MOST_OUT = "MOST_OUT"  # so many calls may go out for the shop at the same time
DID_NUMBER = "DID_NUMBER"  # the DID as this trunk wants it as caller ID
NUMBER_VARIABLES = (
    DID,
    SHOP,
    CALLER_LANGUAGE,
    QUEUE,
    LIVE,
    RECORD,
    SHOP_LABEL,
    SHOP_NAME,
    LAST_RESORT,
    MOST_OUT,
    DID_NUMBER,
)
# set by agi/ for the dialplan
MENU = "MENU"  # Menu.id that route chose; "" when the shop has none published
ROUTE = "ROUTE"  # open or closed
MENU_RESULT = "MENU_RESULT"  # one of MENU_RESULTS
KEPT = "KEPT"  # 1 when his wish to be called back was taken down, so that he need not stay
PERMITTED = "PERMITTED"  # 1 when the customer of a placeholder may be dialled
# set by agi/ for a caller who kept his place, by the scheduler for its placeholder
KEPT_SINCE = "KEPT_SINCE"  # epoch seconds: when he entered the line
# set by the dialplan for agi/
LINE_SINCE = "LINE_SINCE"  # epoch seconds that his place in the line counts from
# set in globals.conf
RECORDING = "RECORDING"  # on, or off while the disk is nearly full
# set by the scheduler on an Originate
ATTEMPT = "ATTEMPT"  # Attempt.public_id
CUSTOMER = "CUSTOMER"  # the number as the trunk wants it
TRUNK = "TRUNK"  # endpoint name of the trunk it leaves through
TRANSFER = "TRANSFER"  # Transfer.public_id
OVERFLOW = "OVERFLOW"  # Overflow.public_id
CALLER_CHANNEL = "CALLER_CHANNEL"  # the channel of the caller who is handed over
MAX_MS = "MAX_MS"  # the longest the conversation may last; by agi/ where the caller's own key dials
SENT_TO = "SENT_TO"  # where one who waits is sent: the queue of one of the reserve, or SENT_TO_NOBODY
SOUNDS = "SOUNDS"  # what is whispered to a waiting caller: paths without extension, separated by spaces

SENT_TO_NOBODY = "nobody"
SENT_KEY = "D"  # what the scheduler presses for him: a key that no telephone has

MENU_RESULTS = ("line", "hangup", "mobile", "voicemail")

# --- SIP --------------------------------------------------------------------------------------------------
CALL_HEADER = "X-Spilka-Call"  # in the INVITE of an operator's phone: the call's linkedid
DID_HEADER = "X-Spilka-Did"  # beside it: Did.id, so that her page knows the shop before the call is a fact

# --- Asterisk's own words that we act on ------------------------------------------------------------------
AUTO_PAUSE = "Auto-Pause"  # app_queue's reason for pausing a member who let a call ring out

# --- contexts ---------------------------------------------------------------------------------------------
CALL_IN = "call-in"  # every call to a DID starts here
LINE = "line"  # the queue
ANNOUNCE = "announce"  # whispers to a waiting caller; the extension is his channel's uniqueid
NOBODY = "nobody"  # no operator signed on: last resort
MOBILE = "mobile"  # the owner's, by a key of the menu
KEEP_PLACE = "keep-place"  # key 1 in the line: call me back, keep my place
SENT = "sent"  # one who waits goes where SENT_TO says; in the line too, by KEEP_PLACE
PLACE = "place"  # a placeholder: waits in the line for a customer who has hung up
PLACE_TAKEN = "place-taken"  # its other half, once an operator has picked up
VOICEMAIL = "voicemail"  # a message for the shop is recorded
CALLBACK = "callback"  # what runs on the operator's phone when she picks up a callback
TRANSFER_CONTEXT = "transfer"  # what runs on the owner's mobile when a caller is to be handed over
OVERFLOW_CONTEXT = "overflow"  # the same for a caller who waits
OPERATORS = "operators"  # operators' endpoints: not a single extension
TICK = "tick"  # the one-second call that proves facts arrive

# --- CEL user events (CELGenUserEvent) and their extra ------------------------------------------------------
EVENT_CALL_IN = "CALL_IN"  # did|shop|presentation|number   presentation as CALLERID(num-pres); number digits and + only
EVENT_ROUTE = "ROUTE"  # open or closed | menu id or empty
EVENT_MENU = "MENU"  # step|value   see MENU_STEPS
EVENT_AGI_FAILED = "AGI_FAILED"  # step|why: route or menu | dead (no answer) or frozen (dead man's switch)
EVENT_ASKED = "ASKED"  # number typed, or empty for the caller's own: a callback was asked for
EVENT_KEPT = "KEPT"  # number typed, or empty | LINE_SINCE: a callback was asked for and the place is kept
EVENT_LINE = "LINE"  # queue name: entered the line
EVENT_RECORDING = "RECORDING"  # file name within recordings_dir
EVENT_NOT_RECORDED = "NOT_RECORDED"  # disk: it would have been recorded, but the disk was nearly full
EVENT_VOICEMAIL = "VOICEMAIL"  # file name within recordings_dir: a message begins to be recorded into it
EVENT_CONNECTED = "CONNECTED"  # on the operator's channel: caller's channel uniqueid
EVENT_OPERATOR_LOST = "OPERATOR_LOST"  # Q.850 cause: her phone died in the call; the caller goes back to the head
EVENT_NOBODY = "NOBODY"  # QUEUESTATUS
EVENT_LAST_RESORT = "LAST_RESORT"  # mobile or message
EVENT_CAPPED = "CAPPED"  # cap_concurrent or cap_minutes: the owner's mobile was not rung, so many calls went out
EVENT_CALLBACK = "CALLBACK"  # attempt|did|shop: the operator picked up a callback
EVENT_DIALLED = "DIALLED"  # attempt|DIALSTATUS|cause: what became of dialling the customer; REFUSED: not permitted
EVENT_TRANSFER = "TRANSFER"  # transfer: the owner took the caller, on the mobile's channel
EVENT_OVERFLOW = "OVERFLOW"  # overflow: the owner took a caller out of the line, on the mobile's channel
EVENT_TICK = "TICK"  # epoch seconds at which the scheduler asked for it, in the variable of the same name

MENU_STEPS = (
    "greeting",  # began to play | prompt id
    "announcement",  # began to play | prompt id
    "keys",  # began to wait for a key | menu option id of the sub-menu, empty at the top
    "key",  # a key that leads somewhere | the key
    "wrong",  # a key that leads nowhere | the key
    "silence",  # no key in time |
    "information",  # began to play | menu option id
    "closed",  # the closed message began to play | prompt id or empty for the fixed phrase
    "done",  # the menu ended | operator, silence, wrong, mobile, capped, goodbye, callback, closed, voicemail
)

# --- rows of ours among the CEL rows (CelRow.source = "spilka") ----------------------------------------------
ROW_ASTERISK_STARTED = "ASTERISK_STARTED"  # at = when it started; extra = when the one before last lived (ISO)
ROW_CHANNEL_GONE = "CHANNEL_GONE"  # linkedid = a call Asterisk no longer knows
ROW_OWN_NUMBER = "OWN_NUMBER"  # linkedid = a call whose caller has one of the union's own numbers
ROW_ORIGINATE_REFUSED = "ORIGINATE_REFUSED"  # linkedid = cb-<attempt>; extra = OriginateResponse's reason

# --- the CEL file -------------------------------------------------------------------------------------------
CEL_FILE = "cel.csv"
CEL_FIELDS = (
    "eventenum", "userdeftype", "eventtime", "num", "name", "exten", "context", "channame",
    "appname", "appdata", "accountcode", "uniqueid", "linkedid", "peer", "eventextra",
)  # fmt: skip

# --- fixed phrases: static/prompts/<language>/<name>.wav -------------------------------------------------------
PHRASES = (
    "closed",  # we are closed now; press 1 and we will call you back
    "closed-withheld",  # we are closed now; press 1 to leave a number
    "type-number",  # please type your number and finish with the hash key
    "number-wrong",  # this number is not right
    "will-call",  # thank you, we will call you
    "wrong-key",  # there is no such key
    "no-operator",  # nobody can answer now; we will call you back
    "transfer-offer",  # on the owner's mobile: a caller is handed over to you, press 1
    "kept",  # thank you, your place in the line is kept and we will call you
    "nobody-now",  # nobody can answer now; when we will call follows
    "operator-lost",  # the connection to the operator broke; please stay, you are next
    "voicemail-offer",  # to leave a message press 2
    "voicemail-speak",  # speak after the tone, it will be recorded; and the tone
    "voicemail-thanks",  # thank you, we will listen to it
)

# --- pieces of "we will call you on Monday, at nine o'clock thirty": static/prompts/times/<language>/<name>.wav ---
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CALL_DAYS = ("today", "tomorrow", *WEEKDAYS, "first-day")
TIMES = (
    *(f"will-call-{day}" for day in CALL_DAYS),  # first-day: on the first working day, and no hour follows
    *(f"hour-{hour}" for hour in range(24)),  # at nine o'clock
    *(f"minute-{minute}" for minute in range(5, 60, 5)),  # thirty minutes
)
