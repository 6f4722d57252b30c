<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A new account with its secrets, which are not shown again. */
final readonly class CreatedAccount extends Result
{
    /** @var string Identifies the account. */
    public ?string $id;

    /** @var string Its name. */
    public ?string $name;

    /** @var int The credits that it can spend. */
    public ?int $credits;

    /** @var string Signs the events of live messages to callback URLs. */
    public ?string $callbackSecret;

    /** @var string Signs the events of test messages to callback URLs. */
    public ?string $testCallbackSecret;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->id = $fields->string('id');
        $this->name = $fields->string('name');
        $this->credits = $fields->int('credits');
        $this->callbackSecret = $fields->string('callback_secret');
        $this->testCallbackSecret = $fields->string('test_callback_secret');
    }
}
