<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** Reports of codes. */
final readonly class Analytics extends Resource
{
    /**
     * Gets a report of codes sent and verified.
     *
     * @param string|null $from the first day in UTC, such as 2026-04-01; 29 days before $to by default
     * @param string|null $to the last day in UTC, included; today by default. A report has at most 92 days
     * @param list<string>|null $groupBy one or more of day, country, prefix, channel, carrier and template; by
     *     default country
     * @param string|null $country only codes to numbers of this country, by its ISO 3166-1 code
     * @param string|null $channel only what was sent on this channel
     * @param string|null $carrier only what was sent over this carrier, by its name on the server
     * @param string|null $template only codes with this template, by its id; built-in for the built-in text
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a BadRequestException when the days make no report
     */
    public function conversion(
        ?string $from = null,
        ?string $to = null,
        ?array $groupBy = null,
        ?string $country = null,
        ?string $channel = null,
        ?string $carrier = null,
        ?string $template = null,
        ?RequestOptions $options = null,
    ): Result\Conversion {
        return $this->engine->result(Result\Conversion::class, new Call(
            'GET', '/analytics/conversion',
            query: [
                'from' => $from,
                'to' => $to,
                'group_by' => Encode::list($groupBy),
                'country' => $country,
                'channel' => $channel,
                'carrier' => $carrier,
                'template' => $template,
            ],
            options: $options,
        ));
    }
}
