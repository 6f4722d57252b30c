<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** 429: a limit was reached. $retryAfter says when to try again, $limit which limit it was. */
final class RateLimitException extends APIStatusException
{
}
