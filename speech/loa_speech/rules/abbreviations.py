# SPDX-License-Identifier: AGPL-3.0-or-later
"""The built-in lexicon: abbreviations of administrations, and foreign words as announcers say them.

A word with several meanings has one row per neighbour; a row without neighbours comes last, with `?`
before its reading where it is a guess.
"""

from loa_speech.lexicon import NAME, NUMBER, Level, Lexicon, LexiconEntry

_PLAIN = """
UBND|Ủy ban nhân dân
HĐND|Hội đồng nhân dân
TT HĐND|Thường trực Hội đồng nhân dân
MTTQ|Mặt trận Tổ quốc
UBMTTQ|Ủy ban Mặt trận Tổ quốc
UBMTTQVN|Ủy ban Mặt trận Tổ quốc Việt Nam
MTTQVN|Mặt trận Tổ quốc Việt Nam
ĐCSVN|Đảng Cộng sản Việt Nam
CHXHCN|Cộng hòa xã hội chủ nghĩa
XHCN|xã hội chủ nghĩa
CNXH|chủ nghĩa xã hội
BCĐ|Ban Chỉ đạo
BTC|Ban Tổ chức
BQL|Ban Quản lý
BTGDV|Ban Tuyên giáo và Dân vận
BTG|Ban Tuyên giáo
UBKT|Ủy ban Kiểm tra
VKSND|Viện kiểm sát nhân dân
TAND|Tòa án nhân dân
THADS|thi hành án dân sự
CATP|Công an thành phố
CQĐT|cơ quan điều tra
ĐBQH|đại biểu Quốc hội
LĐLĐ|Liên đoàn Lao động
LHPN|Liên hiệp Phụ nữ
HLHPN|Hội Liên hiệp Phụ nữ
HND|Hội Nông dân
CCB|Cựu chiến binh
HCCB|Hội Cựu chiến binh
ĐTN|Đoàn Thanh niên
TNCS|Thanh niên Cộng sản
TNXP|thanh niên xung phong
CTĐ|Chữ thập đỏ
NCT|người cao tuổi
LLVT|lực lượng vũ trang
LLVTND|lực lượng vũ trang nhân dân
BCHQS|Ban Chỉ huy quân sự
QPAN|quốc phòng, an ninh
QP-AN|quốc phòng, an ninh
ANTT|an ninh trật tự
TTATXH|trật tự an toàn xã hội
TTATGT|trật tự an toàn giao thông
ATGT|an toàn giao thông
CSGT|cảnh sát giao thông
CSKV|cảnh sát khu vực
PCCC|phòng cháy, chữa cháy
CNCH|cứu nạn, cứu hộ
PCCC&CNCH|phòng cháy, chữa cháy và cứu nạn, cứu hộ
PCTT|phòng, chống thiên tai
PCTT&TKCN|phòng, chống thiên tai và tìm kiếm cứu nạn
PCTT-TKCN|phòng, chống thiên tai và tìm kiếm cứu nạn
PCLB|phòng, chống lụt bão
TKCN|tìm kiếm cứu nạn
ATTP|an toàn thực phẩm
VSATTP|vệ sinh an toàn thực phẩm
VSMT|vệ sinh môi trường
BVMT|bảo vệ môi trường
BHXH|bảo hiểm xã hội
BHYT|bảo hiểm y tế
BHTN|bảo hiểm thất nghiệp
CCCD|căn cước công dân
CMND|chứng minh nhân dân
TTHC|thủ tục hành chính
CCHC|cải cách hành chính
DVCTT|dịch vụ công trực tuyến
DVC|dịch vụ công
CNTT|công nghệ thông tin
CĐS|chuyển đổi số
CBCC|cán bộ, công chức
CBCCVC|cán bộ, công chức, viên chức
CBCNV|cán bộ, công nhân viên
NTM|nông thôn mới
KT-XH|kinh tế - xã hội
KTXH|kinh tế - xã hội
VH-XH|văn hóa - xã hội
VHXH|văn hóa - xã hội
VH-TT|văn hóa - thể thao
VHTT|văn hóa - thông tin
TDTT|thể dục thể thao
VHTTDL|văn hóa, thể thao và du lịch
GD-ĐT|giáo dục và đào tạo
GDĐT|giáo dục và đào tạo
GD&ĐT|giáo dục và đào tạo
LĐTBXH|lao động, thương binh và xã hội
LĐ-TB&XH|lao động, thương binh và xã hội
NN&PTNT|nông nghiệp và phát triển nông thôn
NN&MT|nông nghiệp và môi trường
TN&MT|tài nguyên và môi trường
TNMT|tài nguyên và môi trường
KH&CN|khoa học và công nghệ
KHCN|khoa học và công nghệ
TT&TT|thông tin và truyền thông
TTTT|thông tin và truyền thông
CNH-HĐH|công nghiệp hóa, hiện đại hóa
CNH, HĐH|công nghiệp hóa, hiện đại hóa
KHHGĐ|kế hoạch hóa gia đình
DS-KHHGĐ|dân số, kế hoạch hóa gia đình
GPMB|giải phóng mặt bằng
QSDĐ|quyền sử dụng đất
GCNQSDĐ|giấy chứng nhận quyền sử dụng đất
HTX|hợp tác xã
DNTN|doanh nghiệp tư nhân
TNHH|trách nhiệm hữu hạn
CTCP|công ty cổ phần
HKD|hộ kinh doanh
KCN|khu công nghiệp
CCN|cụm công nghiệp
KKT|khu kinh tế
NHCSXH|Ngân hàng Chính sách xã hội
NSNN|ngân sách nhà nước
QLNN|quản lý nhà nước
THCS|trung học cơ sở
THPT|trung học phổ thông
PTDT|phổ thông dân tộc
PTDTNT|phổ thông dân tộc nội trú
PTDTBT|phổ thông dân tộc bán trú
GDTX|giáo dục thường xuyên
KDC|khu dân cư
TDP|tổ dân phố
NVH|nhà văn hóa
TTYT|trung tâm y tế
TYT|trạm y tế
BVĐK|bệnh viện đa khoa
SXH|sốt xuất huyết
BVTV|bảo vệ thực vật
BĐ1|báo động một
BĐ2|báo động hai
BĐ3|báo động ba
CHQS|chỉ huy quân sự
STK|số tài khoản
MTV|một thành viên
HIV|hát i vê
HPV|hát pê vê
TBA|trạm biến áp
VBQPPL|văn bản quy phạm pháp luật
QPPL|quy phạm pháp luật
PBGDPL|phổ biến, giáo dục pháp luật
NVQS|nghĩa vụ quân sự
ĐVTN|đoàn viên, thanh niên
DTTS|dân tộc thiểu số
ATK|an toàn khu
CLB|câu lạc bộ
TĐKT|thi đua, khen thưởng
NSƯT|Nghệ sĩ ưu tú
NSND|Nghệ sĩ nhân dân
VĐV|vận động viên
HLV|huấn luyện viên
PV|phóng viên
SĐT|số điện thoại
STT|số thứ tự
SYLL|sơ yếu lý lịch
TTXVN|Thông tấn xã Việt Nam
VTV|vê tê vê
VOV|vê o vê
EVN|e vê nờ
VNPT|vê nờ pê tê
ASEAN|a xê an
UNESCO|u nét xcô
UNICEF|u ni xép
WHO|Tổ chức Y tế Thế giới
OCOP|ô cốp
VNeID|vê nờ e i đi
VssID|vê ét ét i đi
QR|quy a
SMS|ét em ét
GPS|giê pê ét
T.Ư|Trung ương
TƯ|Trung ương
TW|Trung ương
TTCP|Thủ tướng Chính phủ
PGS.TS|phó giáo sư, tiến sĩ
GS.TS|giáo sư, tiến sĩ
PGS|phó giáo sư
Th.S|thạc sĩ
ThS|thạc sĩ
ThS.|thạc sĩ
TS.BS|tiến sĩ, bác sĩ
BSCKI|bác sĩ chuyên khoa một
BSCKII|bác sĩ chuyên khoa hai
TP.HCM|Thành phố Hồ Chí Minh
TP HCM|Thành phố Hồ Chí Minh
TPHCM|Thành phố Hồ Chí Minh
TP. HCM|Thành phố Hồ Chí Minh
Tp.HCM|Thành phố Hồ Chí Minh
HCM|Hồ Chí Minh
ĐBSCL|đồng bằng sông Cửu Long
BCHTW|Ban Chấp hành Trung ương
ĐT:|điện thoại:
ĐT/Zalo|điện thoại, da lô
Tel:|điện thoại:
v.v.|vân vân.
v.v…|vân vân.
v.v...|vân vân.
v.v|vân vân
TM.|thay mặt
KT.|ký thay
TL.|thừa lệnh
TUQ.|thừa ủy quyền
P.CT|phó chủ tịch
PCT|phó chủ tịch
PBT|phó bí thư
BTĐU|bí thư Đảng ủy
NQĐH|nghị quyết đại hội
KCB|khám, chữa bệnh
TTĐN|thông tin đối ngoại
MTQG|mục tiêu quốc gia
CTMTQG|chương trình mục tiêu quốc gia
XDNTM|xây dựng nông thôn mới
ANQP|an ninh, quốc phòng
KT|kinh tế
"""

_ANY_CASE = """
đ/c|đồng chí
đ/chí|đồng chí
đ.c|đồng chí
v/v|về việc
k/g|kính gửi
t/m|thay mặt
b/c|báo cáo
covid-19|cô vít mười chín
covid|cô vít
facebook|phây búc
fanpage|phen pây
zalo|da lô
youtube|diu túp
tiktok|tích tóc
google|gu gồ
internet|in tơ nét
website|oép sai
web|oép
wifi|oai phai
wi-fi|oai phai
email|i meo
e-mail|i meo
online|on lai
video|vi đê ô
clip|cờ líp
livestream|lai trim
app|áp
smartphone|sờ mát phôn
camera|ca mê ra
pano|pa nô
panô|pa nô
poster|pốt tơ
logo|lô gô
marathon|ma ra tông
festival|phét ti van
vaccine|vắc xin
vaccin|vắc xin
vắc-xin|vắc xin
virus|vi rút
hotline|hót lai
taxi|tắc xi
container|công ten nơ
karaoke|ca ra ô kê
internet banking|in tơ nét banh kinh
"""

# written | spoken | left neighbours | right neighbours; ";" between neighbours, "?" before a guess
_IN_CONTEXT = """
BTV|Ban Thường vụ||tỉnh ủy;thành ủy;huyện ủy;thị ủy;đảng ủy;tỉnh uỷ;huyện uỷ;đảng uỷ
BTV|Ban Thường vụ||đoàn;hội;tw;trung ương;tỉnh đoàn;liên đoàn;công đoàn
BTV|biên tập viên||<tên>
BTV|?Ban Thường vụ||
BCH|Ban Chỉ huy||quân sự;pctt;phòng;thống nhất;công trường;bộ đội;tkcn;pclb
BCH|Ban Chấp hành||
CN|Chủ nhật|,;và;-;–;thứ 7;thứ bảy;t7;sáng;chiều;tối;ngày;đến|
CN|công nghiệp|khu;cụm;ngành|
CN|chi nhánh||ngân hàng;công ty
CN|?công nhân||
SN|sinh năm||191;192;193;194;195;196;197;198;199;200;201
SN|số nhà||<số>
SN|?sinh năm||
SN:|số nhà:||
TT|Thông tư|bộ;theo;căn cứ|số;<số>
TT|trung tâm||văn hóa;y tế;phục vụ;truyền thông;học tập;hành chính;dịch vụ;gdtx
TT|Thường trực||hđnd;đảng ủy;huyện ủy;tỉnh ủy
TT|thị trấn||<tên>
TT.|thị trấn||<tên>
CA|công an||xã;phường;tỉnh;huyện;thành phố;tp;thị trấn
NQ|Nghị quyết||số;<số>;đại hội;trung ương;tw;hđnd
QĐ|Quyết định||số;<số>;của
CT|Chỉ thị||số;<số>
CT|Chủ tịch||ubnd;hđnd;xã;tỉnh;nước;hội;mttq
NĐ|Nghị định||số;<số>
KH|Kế hoạch||số;<số>;của
TB|Thông báo||số;<số>
CV|công văn||số;<số>
BC|Báo cáo||số;<số>
TTr|Tờ trình||
HD|Hướng dẫn||số;<số>
TP.|thành phố||<tên>
TP|thành phố||<tên>
Tp.|thành phố||<tên>
Tp|thành phố||<tên>
TX.|thị xã||<tên>
TX|thị xã||<tên>
P.|phường||<tên>;<số>
Q.|quận||<tên>;<số>
H.|huyện||<tên>
X.|xã||<tên>
Đ.|đường||<tên>;<số>
TS.|tiến sĩ||<tên>
TS|tiến sĩ||<tên>
BS.|bác sĩ||<tên>
BS|bác sĩ||<tên>
GS.|giáo sư||<tên>
GS|giáo sư||<tên>
KS.|kỹ sư||<tên>
KS|kỹ sư||<tên>
CN.|cử nhân||<tên>
CH|chỉ huy|ban|
GV|giáo viên||
HS|học sinh||
HSSV|học sinh, sinh viên||
NV|nhân viên||
BV|bệnh viện||<tên>;đa khoa;tỉnh;huyện
TH|tiểu học|trường|
MN|mầm non|trường|
TH&THCS|tiểu học và trung học cơ sở||
TH-THCS|tiểu học, trung học cơ sở||
NN|nông nghiệp|phòng;bộ;sở|
CP|cổ phần|công ty|
CP|Chính phủ||
QH|Quốc hội||
TU|Tỉnh ủy|thường vụ;btv;ban;của|
ĐU|Đảng ủy||
HU|Huyện ủy|thường vụ;btv;ban;của|
VP|văn phòng||
DN|doanh nghiệp||
ĐH|đại học|trường|
ĐH|đại hội||đảng;đại biểu;chi bộ;đoàn
CĐ|cao đẳng|trường|
CĐ|công điện||số;<số>
CĐCS|công đoàn cơ sở||
ĐV|đảng viên||
XD|xây dựng||
SX|sản xuất||
KD|kinh doanh||
SXKD|sản xuất kinh doanh||
ÂL|âm lịch||
DL|dương lịch|<số>|
ĐT|điện thoại||:;<số>
ĐT|?đường tỉnh||
tr.|trang||<số>
AL|âm lịch|<số>|
âl|âm lịch|<số>|
"""


def _neighbours(field: str) -> tuple[str, ...]:
    names = {"<tên>": NAME, "<số>": NUMBER}
    return tuple(names.get(word, word) for word in field.split(";") if word)


def _rows(table: str, *, exact_case: bool) -> list[LexiconEntry]:
    entries = []
    for line in table.strip().splitlines():
        written, spoken, left, right = [*line.split("|"), "", ""][:4]
        entries.append(
            LexiconEntry(
                written=written,
                spoken=spoken.removeprefix("?"),
                level=Level.BUILT_IN,
                exact_case=exact_case,
                left=_neighbours(left),
                right=_neighbours(right),
                sure=not spoken.startswith("?"),
            )
        )
    return entries


BUILT_IN = Lexicon.of(
    [
        *_rows(_PLAIN, exact_case=True),
        *_rows(_IN_CONTEXT, exact_case=True),
        *_rows(_ANY_CASE, exact_case=False),
    ]
)
