import os

from ontogeny.workflow.telling import TERMINAL, Heard, heard, teller


def test_a_command_hears_what_is_said_and_what_is_said_in_passing():
    reading, writing = os.pipe()
    environment = {TERMINAL: str(writing)}
    tell = teller(environment)
    assert environment == {}
    assert tell.is_heard
    assert not os.get_inheritable(writing)
    tell("two\nlines, of Grüßen")
    tell.in_passing("half way")
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as words:
        assert [heard(line) for line in words] == [
            Heard("two\nlines, of Grüßen", is_passing=False),
            Heard("half way", is_passing=True),
        ]


def test_without_a_command_words_go_to_standard_error(capfd):
    tell = teller({})
    tell("a line")
    tell.in_passing("half way")
    assert not tell.is_heard
    assert capfd.readouterr() == ("", "a line\n")


def test_a_command_that_has_ended_ends_no_run(capfd):
    reading, writing = os.pipe()
    os.close(reading)
    tell = teller({TERMINAL: str(writing)})
    tell("nobody hears it")
    os.close(writing)
    assert tell.is_heard
    assert capfd.readouterr() == ("", "")
