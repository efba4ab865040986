"""Places at the command line and on the web."""

from __future__ import annotations

import io
import json

import pytest
from fake_core import FakeCore
from openpyxl import Workbook, load_workbook
from starlette.testclient import TestClient

from bot.doors.cli.main import main
from bot.doors.web import places as web_places
from bot.doors.web.app import create_app
from bot.settings import Settings

PAGE = {"Accept": "text/html"}
TABLE = 'họ tên,địa chỉ\nAn,"P. Bến Nghé, Q1, TPHCM"\n=1+1,xã Phú Hoà\n'


# The command line


def test_places_json(capsys):
    assert main(["places", "phường Bến Nghé, quận 1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "resolved"
    assert told["new"][0]["name"] == "Phường Sài Gòn"


def test_places_in_words(capsys):
    assert main(["places", "P.", "Bến", "Nghé,", "Q1"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Phường Sài Gòn, Thành phố Hồ Chí Minh" in told
    assert "/dia-chi" in told or "Nguồn" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["places"], "cần một địa chỉ"),
        (["places", "  "], "cần một địa chỉ"),
        (["places", "?!"], "cần một địa chỉ"),
        (["places", "x" * 5_000], "tối đa"),
        (["places", "--out", "a.csv", "quận 1"], "--file"),
        (["places", "quận 1", "--file", "a.csv"], "cả hai"),
        (["places", "--file", "không-có.csv"], "không có tệp"),
    ],
)
def test_wrong_usage_is_refused_in_one_line(capsys, words, said):
    assert main(words) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1


def test_a_file_is_converted(tmp_path, capsys):
    source = tmp_path / "danh sách.csv"
    source.write_text(TABLE, "utf-8")
    assert main(["places", "--file", str(source)]) == 0
    lines = (tmp_path / "danh sách-moi.csv").read_text("utf-8").splitlines()
    assert lines[1].startswith('An,"P. Bến Nghé, Q1, TPHCM",Phường Sài Gòn,')
    assert lines[2].startswith("'=1+1,")
    assert "Cần kiểm tra: 1 dòng" in capsys.readouterr().out
    assert main(["places", "--file", str(source)]) == 2
    assert "đã có tệp" in capsys.readouterr().err
    out = tmp_path / "khác.csv"
    assert main(["places", "--file", str(source), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 2
    assert main(["places", "--file", str(source), "--out", str(source)]) == 2
    assert source.read_text("utf-8") == TABLE
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "danh sách-moi.csv",
        "danh sách.csv",
        "khác.csv",
    ]


def test_a_file_that_cannot_be_read_leaves_nothing(tmp_path, capsys):
    source = tmp_path / "a.csv"
    source.write_bytes(b"\xd0\xcf\x11\xe0")
    assert main(["places", "--file", str(source)]) == 2
    assert "UTF-8" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [source]


# The web


@pytest.fixture
def client():
    app = create_app(FakeCore(), Settings(rate_limit="off", upload_timeout_s=300))
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


def test_the_api(client):
    response = client.get("/api/places/resolve", params={"q": "phường Bến Nghé, quận 1"})
    assert response.status_code == 200
    assert response.json()["new"][0]["code"] == "26740"
    web_places.PlaceOut.model_validate(response.json())
    assert "/api/places/resolve" in client.get("/openapi.json").json()["paths"]


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%20", "?q=!!!", "?q=%00", "?q=" + "a" * 4_001])
def test_bad_input_is_a_problem(client, query):
    response = client.get(f"/api/places/resolve{query}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "invalid_request"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("phường Bến Nghé, quận 1", "Phường Sài Gòn"),
        ("Phường Sài Gòn, Thành phố Hồ Chí Minh", "Đa Kao"),
        ("tỉnh Lào Cai", "Yên Bái"),
        ("xã Phú Hoà", "Bắc Ninh"),
        ("phường Bến Ngé quận 1", "Bến Nghé"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("", "Đổi cả một bảng"),
    ],
)
def test_the_page(client, query, said):
    response = client.get("/dia-chi", params={"q": query}, headers=PAGE)
    assert response.status_code == 200
    assert said in response.text
    assert "<script>alert" not in response.text
    assert "[1]" not in response.text


@pytest.mark.parametrize("anchor", ["cap-huyen", "giay-to", "so-luong", "tinh-thanh", "bang"])
def test_the_page_has_the_anchors_that_answers_cite(client, anchor):
    assert f'id="{anchor}"' in client.get("/dia-chi", headers=PAGE).text


def upload(client, data, name, **headers):
    return client.post("/dia-chi/bang", files={"file": (name, data)}, headers=headers)


def test_an_uploaded_csv_comes_back(client):
    response = upload(client, TABLE.encode(), "danh sách.csv")
    assert response.status_code == 200
    assert "danh%20s%C3%A1ch-moi.csv" in response.headers["content-disposition"]
    assert "Phường Sài Gòn" in response.text
    assert response.headers["x-haicap-to-check"] == "1"


def test_an_uploaded_xlsx_comes_back(client):
    book = Workbook()
    book.active.append(["stt", "địa chỉ"])
    book.active.append([1, "P. Bến Nghé, Q1"])
    out = io.BytesIO()
    book.save(out)
    response = upload(client, out.getvalue(), "a.xlsx")
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in sheet[2]][:5] == [
        1,
        "P. Bến Nghé, Q1",
        "Phường Sài Gòn",
        "Thành phố Hồ Chí Minh",
        "26740",
    ]


def test_an_upload_larger_than_other_bodies_is_taken(client):
    rows = "địa chỉ\n" + '"phường Bến Nghé, quận 1"\n' * 4_000
    assert len(rows.encode()) > Settings().max_body_bytes
    response = upload(client, rows.encode(), "a.csv")
    assert response.headers["x-haicap-rows"] == "4000"


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"\xff\xfe\x00", "a.csv", "UTF-8"),
        (b"x", "a.exe", ".csv"),
        (b"a\n" * (Settings().upload_max_rows + 2), "a.csv", "tối đa"),
    ],
)
def test_a_refused_upload_says_why(client, data, name, said):
    page = upload(client, data, name, **PAGE)
    assert page.status_code == 422
    assert said in page.text
    problem = upload(client, data, name, Accept="application/json")
    assert problem.status_code == 422
    assert said in problem.json()["detail"]


def test_a_form_without_a_file_is_refused(client):
    assert client.post("/dia-chi/bang", data={"x": "1"}).status_code == 422
    assert client.post("/dia-chi/bang", content=b"junk").status_code == 422


def test_an_upload_over_the_limit_is_refused(client, monkeypatch):
    data = b"a" * (Settings().upload_max_bytes + web_places.FORM_BYTES + 1)
    assert upload(client, data, "a.csv").status_code == 413


def test_one_table_at_a_time(client):
    with web_places._CONVERTING:
        response = upload(client, TABLE.encode(), "a.csv")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "10"
    assert upload(client, TABLE.encode(), "a.csv").status_code == 200
