<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** The parent of all that the SDK throws. No message holds a key, a code, a phone number or the text of a message. */
abstract class SysSecureException extends \RuntimeException
{
}
