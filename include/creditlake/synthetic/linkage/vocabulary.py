"""Words that the linkage benchmark's names, persons and addresses are made of: two vocabularies with no word in common.

The familiar one is what the name parser of the models knows (dbt_project/macros/name_parts.sql); of the held-out one
it knows neither trades nor streets, so that linkage is also measured where it has learnt nothing by heart.
"""

from __future__ import annotations

from dataclasses import dataclass

from creditlake.synthetic.names import ALPHABET
from creditlake.synthetic.places import ROADS


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What one world is made of.

    Attributes:
        characters: Characters of trade names, the frequent ones first.
        trades: Words that say what a business does.
        given: Characters of persons' given names.
        roads: Streets of addresses.
    """

    characters: str
    trades: tuple[str, ...]
    given: str
    roads: tuple[str, ...]


_MORE = (
    "锦诺思捷拓維维曼迪格蒙都市广厦基石杰世贸商源头启程跃进强力冠军豪门帝景缘聚贤良辰"
    "嘉禾润泽鼎丰硕果累实恒久常青松柏翠竹兰梅菊"
    "桂棠枫杨柳榆槐桐檀楠星月云霞虹霓雷霆风帆浪潮汐涛波澜湖泊池塘溪泉井"
)
_TRADES = (
    "商贸", "贸易", "科技", "建筑工程", "装饰工程", "市政工程", "食品", "餐饮管理", "物流", "文化传媒", "信息技术",
    "五金机电", "乳业", "农牧业", "物业服务",
    "房地产开发", "新能源", "园林绿化", "机械设备", "汽车销售", "医药", "教育咨询", "酒店管理", "广告", "劳务服务",
    "运输", "电子商务", "建材", "环保科技", "旅游",
    "农业开发", "健康管理", "企业管理", "商务咨询", "通讯器材", "服装",
)  # fmt: skip
_UNKNOWN_TRADES = (
    "水暖器材", "眼镜", "家具制造", "印务", "检测技术", "消防设施", "仓储服务", "供应链管理", "体育用品",
    "宠物用品", "珠宝首饰", "工艺品", "测绘", "安防技术", "热力",
    "种子", "饲料", "化妆品", "会展服务", "家政服务", "健身", "摄影", "日化", "钢结构", "节能技术", "电梯安装",
    "养老服务", "口腔诊所", "汽车维修", "租赁",
)  # fmt: skip
_UNKNOWN_ROADS = (
    "爱民街", "光明路", "南茶坊街", "县府街", "乌海东街", "包头大街", "阿拉善南路", "三里营东路", "东达街",
    "赛马场路", "滨河北路", "绿地大道", "西鄂尔街", "科尔沁北路",
    "万通路", "苏力德街", "塔利东路", "小黑河路", "后巧报路", "桥靠西街",
)  # fmt: skip
FAMILIAR = Vocabulary(
    characters="".join(dict.fromkeys("".join(ALPHABET) + _MORE)),
    trades=_TRADES,
    given="伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英文华慧玉兰红梅建国志海燕春晓东雪婷浩宇欣怡梓涵子轩一诺雨泽",
    roads=ROADS,
)
HELD_OUT = Vocabulary(
    characters=(
        "骏骐麒麟鹤鹰鸣啸岳峰岭峻岚屹峥嵘彤彩绚缤纷炫耀辉煌烨熠灿炎焱赫奕弈棋琴瑟韵律谐音颂歌"
        "诗词赋墨砚笺笔翰藻卷册典章范铭记忆念想梦幻境界域疆野陌桑麻稻麦黍稷豆瓜葵藕荷莲芙蓉茉莉"
        "蔷薇玫瑰牡丹芍杏桃梨枣橙柚柠檬葡萄蜜糖饴酥酪浆醇酿酒坊铺肆栈驿舍庐居邸"
    ),
    trades=_UNKNOWN_TRADES,
    given="鹏飞云龙凤琴素珍惠玲巧荣贵祥福生根宝财旺林森松柏青山河川江波岩峰岭原野田禾苗稼穑",
    roads=_UNKNOWN_ROADS,
)
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
)
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "经营部", "商店", "店", "合伙企业（有限合伙）", "农民专业合作社")
FORM_SHARES = (0.46, 0.24, 0.02, 0.11, 0.04, 0.06, 0.02, 0.05)
FRONTS = ("呼和浩特市", "内蒙古", "呼和浩特", "")
FRONT_SHARES = (0.46, 0.34, 0.06, 0.14)
"""How often a name begins with the city, the region, the city without 市, or with the district after the city."""
