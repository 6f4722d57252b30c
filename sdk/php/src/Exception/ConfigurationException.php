<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** An option or an argument is wrong. Nothing was sent; the message says what to change. */
final class ConfigurationException extends SysSecureException
{
}
