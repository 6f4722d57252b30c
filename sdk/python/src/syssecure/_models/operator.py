"""Results of routes, the installation and its accounts."""

from dataclasses import dataclass
from datetime import datetime

from .base import Model, Result, hidden


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RouteStep(Model):
    """A step of a plan.

    channel: the channel.
    carrier: the carrier's name.
    kind: how the carrier is reached.
    credits: the price of a unit.
    unit: what is counted: `segment`, `message` or `call`.
    cost: what a unit costs the operator, if that is configured.
    wait_seconds: how long a receipt is waited for, or an answered call.
    receipts: whether the carrier sends receipts.
    chosen: why the step is at its place.
    first: the share of messages that begin with it, from 0 to 1, when carriers are chosen by their rate.
    time_to_verify_seconds: the mean time to verify a code that came this way.
    state: the carrier's state.
    trouble: what is wrong with the carrier.
    """

    channel: str
    carrier: str
    kind: str | None = None
    credits: int
    unit: str
    cost: int | None = None
    wait_seconds: float
    receipts: bool
    chosen: str
    first: float | None = None
    time_to_verify_seconds: float | None = None
    state: str | None = None
    trouble: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RouteLeftOut(Model):
    """A carrier that a plan leaves out.

    channel: the channel.
    carrier: the carrier's name.
    why: why it is left out.
    """

    channel: str
    carrier: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RoutePlan(Result):
    """How a message to a number would be sent now.

    to: the number.
    country: the ISO 3166-1 code of its country.
    type: what the number is for, such as `mobile`.
    mode: `test` or `live`.
    problem: what a send is refused for.
    test_number: whether it is a test number, to which nothing is sent.
    credits: what a send holds at first.
    steps: the steps, in the order in which they are tried.
    left_out: the carriers that are not tried.
    """

    to: str
    country: str | None = None
    type: str
    mode: str
    problem: str | None = None
    test_number: bool | None = None
    credits: int
    steps: tuple[RouteStep, ...]
    left_out: tuple[RouteLeftOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Node(Model):
    """A node of the server.

    id: identifies the node.
    name: its name.
    state: its state.
    version: the version that it runs.
    seen_at: when it was seen last.
    """

    id: str
    name: str
    state: str
    version: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Instance(Result):
    """The installation of the server.

    version: the version of the node that answered.
    database: `sqlite` or `postgres`.
    started_at: when the node that answered was started.
    nodes: all nodes.
    queued: the messages that wait.
    disk_free_bytes: what is free on the disk, in bytes.
    accounts: the number of accounts.
    """

    version: str
    database: str
    started_at: datetime
    nodes: tuple[Node, ...]
    queued: int
    disk_free_bytes: int | None = None
    accounts: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AccountSummary(Result):
    """An account of the server, as its operator sees it.

    id: identifies the account.
    name: its name.
    credits: the credits that it can spend.
    held: the credits held for messages in progress.
    created_at: when it was made.
    """

    id: str
    name: str
    credits: int
    held: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CreatedAccount(Result):
    """A new account with its secrets, which are not shown again.

    id: identifies the account.
    name: its name.
    credits: the credits that it can spend.
    callback_secret: signs the events of live messages to callback URLs.
    test_callback_secret: signs the events of test messages to callback URLs.
    """

    id: str
    name: str
    credits: int
    callback_secret: str = hidden()
    test_callback_secret: str = hidden()
