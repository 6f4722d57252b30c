<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** What a carrier's test found. */
final readonly class CarrierTest extends Result
{
    /** @var string The carrier's name. */
    public ?string $carrier;

    /** @var bool Whether everything works. */
    public ?bool $ok;

    /** @var list<CarrierCheck> The steps, in their order. */
    public array $checks;

    /** @var int How long it took, in milliseconds. */
    public ?int $tookMs;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->carrier = $fields->string('carrier');
        $this->ok = $fields->bool('ok');
        $this->checks = $fields->many('checks', CarrierCheck::class);
        $this->tookMs = $fields->int('took_ms');
    }
}
