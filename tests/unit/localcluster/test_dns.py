import struct

from localcluster.dns import answered, query


def answer(identifier: int, flags: int, records: int) -> bytes:
    return struct.pack("!HHHHHH", identifier, flags, 1, records, 0, 0)


def test_a_query_holds_the_name_label_by_label() -> None:
    assert query("a.bc", 7)[12:] == b"\x01a\x02bc\x00" + struct.pack("!HH", 1, 1)


def test_a_record_answers() -> None:
    assert answered(answer(7, 0x8180, 1), 7)


def test_an_error_an_empty_answer_and_a_stranger_s_answer_do_not() -> None:
    assert not answered(answer(7, 0x8183, 1), 7)
    assert not answered(answer(7, 0x8180, 0), 7)
    assert not answered(answer(8, 0x8180, 1), 7)
    assert not answered(b"\x00", 7)
