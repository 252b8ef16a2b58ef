# SPDX-License-Identifier: AGPL-3.0-or-later
# ruff: noqa: E501  (a sentence stands on one line)
"""Sentences as communes write them, and how an announcer reads them."""

import pytest

from loa_speech.reading import normalise

SENTENCES = [
    (
        "UBND xã Đầm Hà thông báo lịch cắt điện ngày 24/11/2026, từ 7h30-11h.",
        "Ủy ban nhân dân xã Đầm Hà thông báo lịch cắt điện ngày hai mươi tư tháng mười một "
        "năm hai nghìn không trăm hai mươi sáu, từ bảy giờ ba mươi phút đến mười một giờ.",
    ),
    (
        "HĐND, UBND, UBMTTQ xã và BTV Tỉnh ủy phối hợp tổ chức.",
        "Hội đồng nhân dân, Ủy ban nhân dân, Ủy ban Mặt trận Tổ quốc xã và Ban Thường vụ Tỉnh ủy phối hợp tổ chức.",
    ),
    ("BTV Nguyễn Thu Hà đọc bản tin.", "Biên tập viên Nguyễn Thu Hà đọc bản tin."),
    (
        "BCH Đoàn xã và BCH Quân sự xã họp tại NVH thôn.",
        "Ban Chấp hành Đoàn xã và Ban Chỉ huy Quân sự xã họp tại nhà văn hóa thôn.",
    ),
    ("Sinh viên tại TP.HCM và TP. Hạ Long.", "Sinh viên tại Thành phố Hồ Chí Minh và thành phố Hạ Long."),
    ("Đ/c Trần Văn An chủ trì; có 20 đ/c dự.", "Đồng chí Trần Văn An chủ trì; có hai mươi đồng chí dự."),
    ("V/v phòng, chống rét cho trâu, bò.", "Về việc phòng, chống rét cho trâu, bò."),
    (
        "Đại hội Đảng bộ huyện Đầm Hà lần thứ XXV, nhiệm kỳ 2020-2025",
        "Đại hội Đảng bộ huyện Đầm Hà lần thứ hai mươi lăm, "
        "nhiệm kỳ hai nghìn không trăm hai mươi đến hai nghìn không trăm hai mươi lăm",
    ),
    (
        "Thông tư số 39/2020/TT-BTTTT ngày 24/11/2020 của Bộ Thông tin và Truyền thông.",
        "Thông tư số ba mươi chín năm hai nghìn không trăm hai mươi ngày hai mươi tư tháng mười một "
        "năm hai nghìn không trăm hai mươi của Bộ Thông tin và Truyền thông.",
    ),
    ("Nghị quyết số 18-NQ/TW", "Nghị quyết số mười tám của Trung ương"),
    ("Số: 05/KH-UBND", "Số: không năm, kế hoạch của Ủy ban nhân dân"),
    (
        "Luật Chuyển đổi số số 148/2025/QH15",
        "Luật Chuyển đổi số số một trăm bốn mươi tám năm hai nghìn không trăm hai mươi lăm của Quốc hội khóa mười lăm",
    ),
    (
        "Theo Nghị định 49/2024, có tám kênh.",
        "Theo Nghị định bốn mươi chín năm hai nghìn không trăm hai mươi tư, có tám kênh.",
    ),
    ("Theo điểm b khoản 1 Điều 15.", "Theo điểm bê khoản một Điều mười lăm."),
    (
        "Mức thu 1.200.000đ/hộ, hỗ trợ 50.000 đồng/người/tháng.",
        "Mức thu một triệu hai trăm nghìn đồng một hộ, hỗ trợ năm mươi nghìn đồng một người một tháng.",
    ),
    (
        "Kinh phí 2,5 tỷ đồng, vốn xã hội hóa 350 000 đồng.",
        "Kinh phí hai phẩy năm tỷ đồng, vốn xã hội hóa ba trăm năm mươi nghìn đồng.",
    ),
    (
        "Nhiệt độ 37,5°C, vùng cao xuống -2°C.",
        "Nhiệt độ ba mươi bảy phẩy năm độ xê, vùng cao xuống âm hai độ xê.",
    ),
    (
        "Gió cấp 8-9, mưa 100-150 mm/24h.",
        "Gió cấp tám đến chín, mưa một trăm đến một trăm năm mươi mi li mét trong hai mươi tư giờ.",
    ),
    ("Bầu trực tiếp 100% bí thư cấp ủy.", "Bầu trực tiếp một trăm phần trăm bí thư cấp ủy."),
    (
        "Tăng 0,04%, còn 10-15% hộ.",
        "Tăng không phẩy không bốn phần trăm, còn mười đến mười lăm phần trăm hộ.",
    ),
    (
        "Gọi đường dây nóng 0203.3880.123 hoặc 114, 115.",
        "Gọi đường dây nóng không hai không ba, ba tám tám không, một hai ba hoặc một một bốn, một một năm.",
    ),
    ("Liên hệ 0912345678.", "Liên hệ không chín một hai, ba bốn năm, sáu bảy tám."),
    ("Tổng đài 1900 1234", "Tổng đài một chín không không, một hai ba bốn"),
    (
        "Sửa QL18A đoạn Km12+500 và đường ĐT 330.",
        "Sửa quốc lộ mười tám a đoạn ki lô mét mười hai cộng năm trăm và đường tỉnh ba trăm ba mươi.",
    ),
    ("Xe biển số 14A-123.45 vi phạm.", "Xe biển số mười bốn a, một hai ba bốn năm vi phạm."),
    (
        "Nước sông lên trên báo động II, sắp tới báo động III.",
        "Nước sông lên trên báo động hai, sắp tới báo động ba.",
    ),
    (
        "Kết quả quý IV/2026, khóa XIII.",
        "Kết quả quý bốn năm hai nghìn không trăm hai mươi sáu, khóa mười ba.",
    ),
    ("Thôn Vi và chị Mi, ca sĩ hạng C.", "Thôn Vi và chị Mi, ca sĩ hạng xê."),
    (
        "54/54 xã đạt chuẩn, 2/3 số hộ đồng ý.",
        "Năm mươi tư trên năm mươi tư xã đạt chuẩn, hai phần ba số hộ đồng ý.",
    ),
    ("Trạm y tế trực 24/24h.", "Trạm y tế trực hai mươi tư trên hai mươi tư giờ."),
    (
        "Nghỉ lễ 30/4 - 1/5, treo cờ dịp 2/9.",
        "Nghỉ lễ ngày ba mươi tháng tư đến ngày mùng một tháng năm, treo cờ dịp ngày mùng hai tháng chín.",
    ),
    (
        "Họp thôn 19h30-21h thứ 7, CN.",
        "Họp thôn mười chín giờ ba mươi phút đến hai mươi mốt giờ thứ bảy, Chủ nhật.",
    ),
    ("Tiếp dân T2-T6, 7:30-11:00.", "Tiếp dân thứ hai đến thứ sáu, bảy giờ ba mươi phút đến mười một giờ."),
    ("Thu gom rác 7-9h sáng thứ 4.", "Thu gom rác bảy đến chín giờ sáng thứ tư."),
    (
        "Tiêm từ 24-30/11, riêng ngày 5, 6/12 nghỉ.",
        "Tiêm từ ngày hai mươi tư đến ngày ba mươi tháng mười một, riêng ngày mùng năm, mùng sáu tháng mười hai nghỉ.",
    ),
    ("Từ ngày 01 đến ngày 15 tháng 4.", "Từ ngày mùng một đến ngày mười lăm tháng tư."),
    ("Đội thôn Đông thắng 3-2.", "Đội thôn Đông thắng ba hai."),
    ("Bản đồ tỷ lệ 1:500, mương sâu 3-4 m.", "Bản đồ tỷ lệ một trên năm trăm, mương sâu ba đến bốn mét."),
    (
        "Diện tích 1.234,5 ha; 2.067 hộ; 05 người.",
        "Diện tích một nghìn hai trăm ba mươi tư phẩy năm héc ta; hai nghìn không trăm sáu mươi bảy hộ; năm người.",
    ),
    (
        "Mật độ 120 người/km2, tốc độ 60km/h.",
        "Mật độ một trăm hai mươi người trên ki lô mét vuông, tốc độ sáu mươi ki lô mét trên giờ.",
    ),
    ("Các thôn/bản, uống 2 lần/ngày.", "Các thôn, bản, uống hai lần một ngày."),
    ("THÔNG BÁO LỊCH TIÊM VẮC XIN", "Thông báo lịch tiêm vắc xin"),
    ("UBND XÃ THÔNG BÁO KHẨN", "Ủy ban nhân dân xã thông báo khẩn"),
    ("I. MỤC ĐÍCH, YÊU CẦU", "Một. Mục đích, yêu cầu"),
    (
        "Phòng dịch Covid-19, cúm A/H5N1, dùng mạng 5G.",
        "Phòng dịch cô vít mười chín, cúm A, hát năm nờ một, dùng mạng năm giê.",
    ),
    ("Cài VNeID, theo dõi website và Zalo của xã.", "Cài vê nờ e i đi, theo dõi oép sai và da lô của xã."),
    ("**Kính gửi** <b>bà con</b> 😀 trong xã!", "Kính gửi bà con trong xã!"),
    ("Lớp 6A1 Trường THCS Đầm Hà.", "Lớp sáu a một Trường trung học cơ sở Đầm Hà."),
    (
        "Năm học 2026-2027, số nhà 12/5.",
        "Năm học hai nghìn không trăm hai mươi sáu, hai nghìn không trăm hai mươi bảy, số nhà mười hai trên năm.",
    ),
    ("Ông Lê Văn B (SN 1985).", "Ông Lê Văn bê (sinh năm một nghìn chín trăm tám mươi lăm)."),
    ("Xem damha.gov.vn.", "Xem damha chấm gốp chấm vê nờ."),
    (
        "Cụ Lan, SN 1938, từ trần hồi 22h15' ngày 20/11.",
        "Cụ Lan, sinh năm một nghìn chín trăm ba mươi tám, từ trần hồi hai mươi hai giờ mười lăm phút ngày hai mươi tháng mười một.",
    ),
    (
        "Lãi suất 0,55%/tháng, pha 15-20g/bình.",
        "Lãi suất không phẩy năm mươi lăm phần trăm một tháng, pha mười lăm đến hai mươi gam một bình.",
    ),
    ("Mực nước lúc 7h/10/9 dưới BĐ1.", "Mực nước lúc bảy giờ ngày mùng mười tháng chín dưới báo động một."),
    (
        "STK 8012205001, vốn 5000000000 đồng.",
        "Số tài khoản tám không một hai hai không năm không không một, vốn năm tỷ đồng.",
    ),
    (
        "Giá điện 1.984 đồng/kWh, nước 7.500đ/m3.",
        "Giá điện một nghìn chín trăm tám mươi tư đồng một ki lô oát giờ, nước bảy nghìn năm trăm đồng một mét khối.",
    ),
    (
        "Gió giật 150-166km/giờ, tâm bão ở 19,2 độ Vĩ Bắc.",
        "Gió giật một trăm năm mươi đến một trăm sáu mươi sáu ki lô mét trên giờ, tâm bão ở mười chín phẩy hai độ Vĩ Bắc.",
    ),
    (
        "Ông A được 1.245/1.300 phiếu, đạt 95,77%.",
        "Ông A được một nghìn hai trăm bốn mươi lăm trên một nghìn ba trăm phiếu, đạt chín mươi lăm phẩy bảy mươi bảy phần trăm.",
    ),
    (
        "Ngày 2026-11-24, quý 1/2027.",
        "Ngày hai mươi tư tháng mười một năm hai nghìn không trăm hai mươi sáu, quý một năm hai nghìn không trăm hai mươi bảy.",
    ),
    (
        "Nghỉ 1/2 ngày, trực 24/7, quý I-II.",
        "Nghỉ một phần hai ngày, trực hai mươi tư trên bảy, quý một đến hai.",
    ),
    ("Sân 5x10m, gạch 20 x 30 cm.", "Sân năm nhân mười mét, gạch hai mươi nhân ba mươi xen ti mét."),
    ("Gọi 02033880123.", "Gọi không hai không ba, ba tám tám không, một hai ba."),
    ("Bà con thôn Đông đi họp đúng giờ.", "Bà con thôn Đông đi họp đúng giờ."),
]


@pytest.mark.parametrize(("written", "spoken"), SENTENCES, ids=[row[0][:40] for row in SENTENCES])
def test_a_sentence_is_read_as_an_announcer_reads_it(written: str, spoken: str) -> None:
    assert normalise(written).spoken == spoken


@pytest.mark.parametrize("written", [row[0] for row in SENTENCES])
def test_what_has_been_read_is_not_read_otherwise_again(written: str) -> None:
    spoken = normalise(written).spoken
    assert normalise(spoken).spoken == spoken


@pytest.mark.parametrize(
    ("written", "doubtful"),
    [
        ("Phối hợp KHXT tuyên truyền.", "KHXT"),
        ("Hẹn 3/4 tới dự.", "3/4"),
        ("Nước 日本 ở xa.", "日本 "),
        ("BTV họp.", "BTV"),
        ("Xem damha.vn nhé.", "damha.vn"),
    ],
)
def test_a_guess_is_marked_for_a_person_to_look_at(written: str, doubtful: str) -> None:
    assert [stretch.source for stretch in normalise(written).doubts] == [doubtful]


def test_what_was_not_changed_has_no_rule() -> None:
    reading = normalise("Bà con chú ý: UBND xã họp.")
    assert [(stretch.source, stretch.rule) for stretch in reading.stretches] == [
        ("Bà con chú ý: ", None),
        ("UBND", "abbreviation"),
        (" xã họp.", None),
    ]


def test_emoji_and_markup_are_left_out_and_marked() -> None:
    changes = {stretch.rule: stretch.spoken for stretch in normalise("<i>Tin</i> 🎉 vui").changes}
    assert changes == {"markup": "", "emoji": ""}


def test_a_headline_is_one_mark() -> None:
    (change,) = normalise("THÔNG BÁO LỊCH TIÊM").changes
    assert change.source == "THÔNG BÁO LỊCH TIÊM"
