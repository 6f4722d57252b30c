<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** 422: the phone number is not valid, or cannot be reached: see $details['reason']. */
final class InvalidPhoneException extends APIStatusException
{
}
