<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** 400: the request has a fault, or several: see $errors. */
final class BadRequestException extends APIStatusException
{
}
