<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** Reports of messages and credits. */
final readonly class Usage extends Resource
{
    /**
     * Gets a report of messages and credits.
     *
     * @param string|null $from the first day in UTC, such as 2026-04-01; 29 days before $to by default
     * @param string|null $to the last day in UTC, included; today by default. A report has at most 92 days
     * @param list<string>|null $groupBy one or more of day, country and channel; day by default
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a BadRequestException when the days make no report
     */
    public function get(
        ?string $from = null,
        ?string $to = null,
        ?array $groupBy = null,
        ?RequestOptions $options = null,
    ): Result\Usage {
        return $this->engine->result(Result\Usage::class, new Call(
            'GET', '/usage',
            query: ['from' => $from, 'to' => $to, 'group_by' => Encode::list($groupBy)],
            options: $options,
        ));
    }
}
