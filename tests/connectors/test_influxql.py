"""Questions to InfluxDB: names quoted, rows flattened, errors told apart."""

import pytest
from pydantic import SecretStr

from connectors.influxql import InfluxQL, quoted
from connectors.outcome import RefusedError, UnavailableError


def test_a_name_is_quoted_whatever_is_in_it() -> None:
    assert quoted("temperature") == '"temperature"'
    assert quoted('a"; DROP DATABASE x; \\') == r'"a\"; DROP DATABASE x; \\"'
    assert quoted("a\nb") == r'"a\nb"'


async def test_a_server_that_is_away_is_waited_for() -> None:
    ql = InfluxQL("http://127.0.0.1:9", SecretStr(""), timeout_s=1)

    with pytest.raises(UnavailableError, match="away"):
        await ql.ask("SHOW DATABASES")


@pytest.mark.integration
async def test_rows_of_all_statements_come_with_their_tags(influx_url: str) -> None:
    ql = InfluxQL(influx_url, SecretStr(""), timeout_s=10)
    await ql.keep("test_ql", {"raw": 24})
    await ql.write("test_ql/raw", b"")

    await ql.ask("CREATE DATABASE test_other", "CREATE DATABASE test_third")

    names = {row["name"] for row in await ql.ask("SHOW DATABASES")}
    assert names >= {"test_ql", "test_other", "test_third"}
    await ql.close()


@pytest.mark.integration
async def test_what_cannot_be_answered_now_is_waited_for_and_what_is_no_question_refused(
    influx_url: str,
) -> None:
    ql = InfluxQL(influx_url, SecretStr(""), timeout_s=10)

    with pytest.raises(UnavailableError, match="database not found"):
        await ql.ask("SELECT value FROM nowhere.raw.readings")
    with pytest.raises(RefusedError, match="error parsing query"):
        await ql.ask("SELEKT value")
    await ql.close()
