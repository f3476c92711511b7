"""Tables of the World Bank, in each of their layouts."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
from tests.imports import EXPORTS, numbers, read, workbook
from tests.refusals import refusal


@pytest.mark.parametrize("file", ["wgi_long.csv", "wgi_databank.csv"])
@pytest.mark.parametrize("country", ["Iraq", "irq"])
@pytest.mark.parametrize("series", ["rl", "RL.EST", "Rule of Law"])
def test_estimates_with_their_errors(file: str, country: str, series: str) -> None:
    found = read("wgi", file, country=(country,), series=series)
    assert numbers(found) == {"2022-01 to 2022-12": -1.6512, "2023-01 to 2023-12": -1.5821}
    assert [value.se for value in found.values] == [0.1612, 0.1587]
    assert {value.published for value in found.values} == {"rule:annual_index"}
    assert found.selection == "series rl, country Iraq"


def test_a_workbook(tmp_path: Path) -> None:
    with (EXPORTS / "wgi_long.csv").open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    cells = [
        [*row[:3], int(row[3]), row[4], *(float(c) if c != ".." else c for c in row[5:])]
        for row in rows
    ]
    path = workbook(tmp_path / "wgidataset.xlsx", [header, *cells])
    found = read("wgi", path, country=("Iraq",), series="rl")
    assert found.values == read("wgi", "wgi_long.csv", country=("Iraq",), series="rl").values


def test_an_estimate_without_an_error() -> None:
    found = read("wgi", "wgi_databank.csv", country=("Iraq",), series="cc")
    assert numbers(found) == {"2023-01 to 2023-12": -1.1012} and found.values[0].se is None
    assert found.notes == ("the export has no CC.STD.ERR; rows have no standard error",)


@pytest.mark.parametrize("series", ["", "NY.GDP.MKTP.KD.ZG", "gdp growth (annual %)"])
def test_development_indicators(series: str) -> None:
    """Lines about the table stand before its header, and a comma ends each line."""
    found = read("wdi", "API_wdi.csv", country=("IRQ",), series=series)
    assert list(numbers(found).values()) == [1.5, 7.7, -2.9]
    assert found.source == "World Bank, World Development Indicators, NY.GDP.MKTP.KD.ZG"
    assert found.selection == "series NY.GDP.MKTP.KD.ZG, country Iraq"


def test_the_archive_of_a_download(tmp_path: Path) -> None:
    archive = tmp_path / "API_NY.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("Metadata_Country_API_NY.csv", '"Country Code","Region"\n')
        packed.write(EXPORTS / "API_wdi.csv", "API_NY.csv")
    found = read("wdi", archive, country=("Iraq",))
    assert found.values == read("wdi", "API_wdi.csv", country=("Iraq",)).values


def test_a_databank_table_of_development_indicators() -> None:
    found = read("wdi", "wgi_databank.csv", country=("Iraq",), series="RL.STD.ERR")
    assert list(numbers(found).values()) == [0.1612, 0.1587]


def test_what_is_refused() -> None:
    def refused(source: str, file: str, **asked: str) -> str:
        country = (asked["country"],) if "country" in asked else ()
        return refusal(lambda: read(source, file, country=country, series=asked.get("series", "")))

    assert "wgi needs one --country" in refused("wgi", "wgi_long.csv")
    assert "wgi needs --series (series=), one of cc (control" in refused(
        "wgi", "wgi_long.csv", country="Iraq"
    )
    assert "'xx' is none" in refused("wgi", "wgi_long.csv", country="Iraq", series="xx")
    assert "no country 'Irak'; did you mean 'Iraq'?" in refused(
        "wgi", "wgi_long.csv", country="Irak", series="rl"
    )
    assert "no series GE.EST of Iraq" in refused(
        "wgi", "wgi_databank.csv", country="Iraq", series="ge"
    )
    assert "holds 3 indicators; name one with --series: CC.EST" in refused(
        "wdi", "wgi_databank.csv", country="Iraq"
    )
    assert "no indicator 'RL.STD.ER' of Iraq; did you mean 'RL.STD.ERR'" in refused(
        "wdi", "wgi_databank.csv", country="Iraq", series="RL.STD.ER"
    )
