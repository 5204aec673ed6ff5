"""The words of notifications in each language; rules may bring their own sentences."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.alarms import Cause, Level
from schemas.notifications import Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's words; what stands in braces is filled in."""

    levels: Mapping[Level, str]
    tags: Mapping[Occasion, str]
    """What stands in brackets before a title; missing: the level alone."""

    causes: Mapping[Cause, str]
    """What is wrong, where there is no value to show."""

    disobeyed: str
    """What is wrong where a device does not do what it is told, and no setpoint is known."""

    since: str
    lasted: str
    by: str
    digest: str
    more: str


ENGLISH = Words(
    levels={
        Level.OK: "OK",
        Level.INFO: "Info",
        Level.WARNING: "Warning",
        Level.CRITICAL: "Critical",
    },
    tags={
        Occasion.RAISED: "{previous} → {level}",
        Occasion.LOWERED: "{previous} → {level}",
        Occasion.CLEARED: "Cleared",
        Occasion.ACKNOWLEDGED: "Acknowledged",
        Occasion.FLAPPING: "Flapping",
        Occasion.REMINDER: "Reminder: {level}",
        Occasion.ESCALATION: "Escalation: {level}",
    },
    causes={
        Cause.VALUE: "limit crossed",
        Cause.RATE: "changes too fast",
        Cause.SILENCE: "no data",
        Cause.TROUBLE: "sensor trouble",
    },
    disobeyed="does not follow its command",
    since="Since {since}. Rule: {rule}.",
    lasted="Lasted {duration}. Rule: {rule}.",
    by="By {by}.",
    digest="[{level}] {count} more messages about alarms",
    more="… and {count} more.",
)

JAPANESE = Words(
    levels={Level.OK: "正常", Level.INFO: "情報", Level.WARNING: "警報", Level.CRITICAL: "重大"},
    tags={
        Occasion.RAISED: "{previous} → {level}",
        Occasion.LOWERED: "{previous} → {level}",
        Occasion.CLEARED: "解除",
        Occasion.ACKNOWLEDGED: "確認済み",
        Occasion.FLAPPING: "不安定",
        Occasion.REMINDER: "再通知: {level}",
        Occasion.ESCALATION: "エスカレーション: {level}",
    },
    causes={
        Cause.VALUE: "しきい値超過",
        Cause.RATE: "急変",
        Cause.SILENCE: "データなし",
        Cause.TROUBLE: "センサー異常",
    },
    disobeyed="指令に従っていません",
    since="発生: {since}。ルール: {rule}。",
    lasted="継続時間: {duration}。ルール: {rule}。",
    by="確認者: {by}。",
    digest="[{level}] ほかに{count}件の通知",
    more="… ほか{count}件。",
)

KOREAN = Words(
    levels={Level.OK: "정상", Level.INFO: "정보", Level.WARNING: "경보", Level.CRITICAL: "위험"},
    tags={
        Occasion.RAISED: "{previous} → {level}",
        Occasion.LOWERED: "{previous} → {level}",
        Occasion.CLEARED: "해제",
        Occasion.ACKNOWLEDGED: "확인됨",
        Occasion.FLAPPING: "불안정",
        Occasion.REMINDER: "다시 알림: {level}",
        Occasion.ESCALATION: "상위 알림: {level}",
    },
    causes={
        Cause.VALUE: "기준치 벗어남",
        Cause.RATE: "급변",
        Cause.SILENCE: "데이터 없음",
        Cause.TROUBLE: "센서 이상",
    },
    disobeyed="명령을 따르지 않음",
    since="발생: {since}. 규칙: {rule}.",
    lasted="지속 시간: {duration}. 규칙: {rule}.",
    by="확인한 사람: {by}.",
    digest="[{level}] 알림 {count}건 더 있음",
    more="… 외 {count}건.",
)

LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "ja": JAPANESE, "ko": KOREAN}
