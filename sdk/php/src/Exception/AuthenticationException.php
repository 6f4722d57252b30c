<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** 401: the key is missing, wrong, revoked or not allowed to do this. */
final class AuthenticationException extends APIStatusException
{
}
