<?php

declare(strict_types=1);

namespace SysSecure\Result;

use SysSecure\Internal\Fields;

/** A type of event. */
final readonly class EventType extends Result
{
    /** @var string The type, such as "message.delivered". */
    public ?string $event;

    /** @var string When the event happens. */
    public ?string $description;

    /** The JSON Schema of the payload. */
    public mixed $schema;

    /** An example of the payload. */
    public mixed $example;

    /** @internal The client makes results. */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->event = $fields->string('event');
        $this->description = $fields->string('description');
        $this->schema = $fields->any('schema');
        $this->example = $fields->any('example');
    }
}
