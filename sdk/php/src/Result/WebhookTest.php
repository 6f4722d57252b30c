<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** How an endpoint answered a test event. */
final readonly class WebhookTest extends Result
{
    /** @var bool Whether the endpoint answered 2xx. */
    public ?bool $delivered;

    /** @var DeliveryTry The attempt. */
    public ?DeliveryTry $try;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->delivered = $fields->bool('delivered');
        $this->try = $fields->one('try', DeliveryTry::class);
    }
}
