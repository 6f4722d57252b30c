<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A connection over which the server sends messages. */
final readonly class Carrier extends Result
{
    /** @var string The carrier's name in the server's configuration. */
    public ?string $name;

    /** @var string How it is reached, such as smpp, http or twilio. */
    public ?string $kind;

    /** @var list<string> The channels that it serves. */
    public array $channels;

    /** @var string ok, failing, open while attempts pass it by, paused or stopped. */
    public ?string $state;

    /** @var int The messages that it has not answered yet. */
    public ?int $inFlight;

    /** @var int The messages that wait for it. */
    public ?int $queued;

    /** @var int The most messages that it may be given in a second; 0 for no limit. */
    public ?int $rate;

    /** @var int How many messages it is given in a second now. */
    public ?int $rateUsed;

    /** @var int How many nodes of the server report it. */
    public ?int $nodes;

    /** When an operator paused it, in UTC. */
    public ?\DateTimeImmutable $pausedSince;

    /** When it began to fail, in UTC. */
    public ?\DateTimeImmutable $failingSince;

    /** What it answered last when it failed. */
    public ?string $lastError;

    /** How many of its sessions are connected; null for kinds without sessions. */
    public ?int $sessionsBound;

    /** How many sessions it should have; null for kinds without sessions. */
    public ?int $sessions;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->name = $fields->string('name');
        $this->kind = $fields->string('kind');
        $this->channels = $fields->strings('channels');
        $this->state = $fields->string('state');
        $this->inFlight = $fields->int('in_flight');
        $this->queued = $fields->int('queued');
        $this->rate = $fields->int('rate');
        $this->rateUsed = $fields->int('rate_used');
        $this->nodes = $fields->int('nodes');
        $this->pausedSince = $fields->time('paused_since');
        $this->failingSince = $fields->time('failing_since');
        $this->lastError = $fields->string('last_error');
        $this->sessionsBound = $fields->int('sessions_bound');
        $this->sessions = $fields->int('sessions');
    }
}
