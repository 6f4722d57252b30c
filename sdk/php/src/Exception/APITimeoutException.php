<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** The connection or the answer took longer than its timeout. */
final class APITimeoutException extends APIConnectionException
{
}
