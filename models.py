"""Every table of Spilka: fields, keys, checks, and questions about one row.

They lie in tables/, a file a subject; the rest of the house knows them by this name alone. No verbs and no joins live
there. Instants are aware UTC, kept as fixed-width text so that they compare as they read; business dates are local
dates. A change of state is a row with who and when; a column only where its history means nothing. Intervals are
[from, to); `ends_at` null = still open.
"""

from __future__ import annotations

from tables.base import PRAGMAS, Database, DayField, InstantField, Table, database, one_of, utcnow
from tables.copies import Backup, DeadEnd, Drill, DrillCall, DrillFinding, Rehearsal
from tables.facts import (
    MISSED_ENDINGS,
    Call,
    CelRow,
    IngestMark,
    Leg,
    Listening,
    Recording,
    Review,
    Voicemail,
    VoicemailListening,
)
from tables.figures import HourTally, TalliedSpan, Tally, WorkTally
from tables.knowledge import Card, CardWords, Question, Script, ScriptStep
from tables.letters import DigestChoice, Notice, Outbox, Sending, TrunkOutage
from tables.line import (
    Announced,
    AutomaticMode,
    MobileHours,
    Overflow,
    Presence,
    QueueOperator,
    Release,
    WaitingPlayed,
    WaitingPrompt,
)
from tables.money import (
    Account,
    Accrual,
    AppendOnly,
    BooksFault,
    BooksLook,
    CostItem,
    CountedFact,
    ItemAnswer,
    Payment,
    Period,
    Posting,
    Share,
    SplitRule,
    SplitWeight,
    Statement,
    StatementLine,
    Transaction,
)
from tables.orders import Order, OrderChange, OrderCorrection, OrderLine
from tables.outcomes import CallNote, Outcome, Reveal
from tables.people import AuditEntry, Grant, Invitation, Leaving, LoginAttempt, Phone, Role, Session, Telephone, User
from tables.promises import (
    Attempt,
    Callback,
    CallRequest,
    Claim,
    KeptPlace,
    Miss,
    Placeholder,
    Promise,
    SiteButton,
    SiteRequest,
    Transfer,
)
from tables.shops import (
    Did,
    HoursException,
    Membership,
    Menu,
    MenuOption,
    Prompt,
    PromptSound,
    Queue,
    Shop,
    Trunk,
    Union,
    WeekHours,
)
from tables.timetable import Job, MorningEntry, Run

TABLES = (
    # shops
    Union, Queue, Shop, Membership, Trunk, Did, WeekHours, HoursException, Prompt, PromptSound, Menu, MenuOption,
    # people
    User, Role, Grant, Invitation, Session, Phone, LoginAttempt, AuditEntry, Telephone, Leaving,
    # the line
    QueueOperator, Presence, AutomaticMode, Announced, Release, MobileHours, Overflow,
    WaitingPrompt, WaitingPlayed,
    # facts
    CelRow, IngestMark, Call, Leg, Recording, Listening, Review, Voicemail, VoicemailListening,
    # promises
    Callback, Miss, CallRequest, Promise, Claim, Attempt, KeptPlace, Placeholder, Transfer,
    SiteButton, SiteRequest,
    # what a conversation came to
    CallNote, Outcome, Reveal,
    # figures of days that are over
    TalliedSpan, Tally, HourTally, WorkTally,
    # selling
    Order, OrderLine, OrderChange, OrderCorrection,
    # what is said and known
    Script, ScriptStep, Card, CardWords, Question,
    # money
    Account, Transaction, Posting, CostItem, ItemAnswer, SplitRule, SplitWeight, Period, Accrual, Share, CountedFact,
    Statement, StatementLine, Payment, BooksLook, BooksFault,
    # the timetable
    Job, Run, MorningEntry,
    # copies and rehearsals
    Backup, Rehearsal, DeadEnd, Drill, DrillCall, DrillFinding,
    # leaving the box
    Outbox, Sending, DigestChoice, TrunkOutage, Notice,
)  # fmt: skip
