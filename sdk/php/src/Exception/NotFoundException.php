<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** 404: there is no such OTP, message, template or endpoint, or not for this key. */
final class NotFoundException extends APIStatusException
{
}
