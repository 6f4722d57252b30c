<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** 402: the account has not enough credits. */
final class InsufficientCreditsException extends APIStatusException
{
}
