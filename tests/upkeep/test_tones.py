"""A tone is found where it is and nowhere else, so that test-call can trust its ears."""

from __future__ import annotations

import random

import pytest

from upkeep.tones import ALAW, seconds_of, to_alaw, tone


def test_each_code_of_alaw_is_the_nearest_to_its_own_sound():
    assert [ALAW[code] for code in to_alaw(ALAW)] == ALAW


def test_a_sample_becomes_the_nearest_sound():
    for sample in range(-32768, 32768, 97):
        (code,) = to_alaw([sample])
        assert abs(ALAW[code] - sample) == min(abs(sound - sample) for sound in ALAW)


@pytest.mark.parametrize("hertz", [700, 1000, 1300])
def test_a_tone_is_heard_for_as_long_as_it_sounds_and_no_other_is(hertz):
    sound = to_alaw(tone(hertz, 0.5) + [0] * 4000)
    assert seconds_of(sound, hertz) == pytest.approx(0.5)
    assert all(seconds_of(sound, other) == 0 for other in {700, 1000, 1300} - {hertz})


def test_two_voices_in_one_recording_are_both_heard():
    both = to_alaw([a + b for a, b in zip(tone(1000, 1), tone(1300, 1), strict=True)])
    assert seconds_of(both, 1000) > 0.9
    assert seconds_of(both, 1300) > 0.9


def test_neither_silence_nor_noise_is_a_tone():
    noise = random.Random(1)
    assert seconds_of(to_alaw([0] * 8000), 700) == 0
    assert seconds_of(to_alaw([noise.randrange(-9000, 9000) for _ in range(8000)]), 700) < 0.1
