"""What is written is kept whole, whoever writes at the same time; errors reach who caused them and nobody else."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError, ProgrammingError

from groundtruth.service.prepared import Prepared, adding, change
from groundtruth.service.records import tags

ADD = adding(tags)
FIND = Prepared(select(tags).where(tags.c.arn == bindparam("arn"), tags.c.key == bindparam("key")))
THREADS = 16
EACH = 40


def test_each_of_many_writers_gets_its_own_result_or_its_own_error(database):
    """Every fourth piece of work fails after it has written: nothing of it is kept, and everything of the others is."""
    begin = threading.Barrier(THREADS)

    def write(thread: int, number: int) -> int | str:
        def work(connection) -> int:
            ADD.run(connection, arn=f"thread-{thread}", key=str(number), value="x")
            if number % 4 == 0:
                raise LookupError(f"{thread} {number}")
            return thread * 1000 + number

        try:
            return database.write(work)
        except LookupError as error:
            return str(error)

    def write_all(thread: int) -> list[int | str]:
        begin.wait()
        return [write(thread, number) for number in range(EACH)]

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(write_all, range(THREADS)))
    for thread, given in enumerate(results):
        assert given == [thread * 1000 + number if number % 4 else f"{thread} {number}" for number in range(EACH)]
    with database.reading() as connection:
        kept = connection.execute(select(tags.c.arn, tags.c.key)).all()
    wanted = {(f"thread-{t}", str(n)) for t in range(THREADS) for n in range(EACH) if n % 4}
    assert {tuple(row) for row in kept} == wanted
    assert len(kept) == len(wanted)


def test_a_prepared_statement_gives_rows_by_name_and_tells_how_many_it_changed(database):
    database.write(lambda connection: ADD.run_for_each(connection, [row("a", "1"), row("a", "2")]))
    database.write(lambda connection: change(connection, tags, {"arn": "a", "key": "2"}, {"value": "%s :x ?"}))
    with database.reading() as connection:
        assert FIND.row(connection, arn="a", key="2")._asdict() == row("a", "2") | {"value": "%s :x ?"}
        assert FIND.value(connection, arn="a", key="1") == "a"
        assert FIND.row(connection, arn="b", key="1") is None
        assert FIND.value(connection, arn="b", key="1") is None


def test_what_the_driver_refuses_is_told_as_sqlalchemy_tells_it(database):
    database.write(lambda connection: ADD.run(connection, **row("a", "1")))
    with pytest.raises(IntegrityError):
        database.write(lambda connection: ADD.run(connection, **row("a", "1")))
    with pytest.raises(IntegrityError):
        database.write(lambda connection: ADD.run_for_each(connection, [row("a", "2"), row("a", "1")]))
    with pytest.raises(ProgrammingError), database.reading() as connection:
        FIND.row(connection, arn="a")
    with database.reading() as connection:
        assert len(connection.execute(select(tags)).all()) == 1


def row(arn: str, key: str) -> dict[str, str]:
    return {"arn": arn, "key": key, "value": "x"}
