<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** Whether a code was right: the result of `otp->verify`. A wrong code is no error. */
final readonly class Verification extends Result
{
    /** Whether the code was right. A code is valid once. */
    public bool $valid;

    /** @var string The id of the OTP. */
    public ?string $otpId;

    /** With the reason incorrect: how many more codes can be tried. */
    public ?int $attemptsRemaining;

    /** Why the code is not valid. Values: incorrect, expired, max_attempts, already_verified, canceled. */
    public ?string $reason;

    /** When the code was verified, in UTC. */
    public ?\DateTimeImmutable $verifiedAt;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->valid = $fields->requiredBool('valid');
        $this->otpId = $fields->string('otp_id');
        $this->attemptsRemaining = $fields->int('attempts_remaining');
        $this->reason = $fields->string('reason');
        $this->verifiedAt = $fields->time('verified_at');
    }
}
