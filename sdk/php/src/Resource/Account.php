<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\RequestOptions;
use SysSecure\Result;

/** The account's settings. */
final readonly class Account extends Resource
{
    /**
     * Gets the account's settings.
     *
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException
     */
    public function get(?RequestOptions $options = null): Result\Account
    {
        return $this->engine->result(Result\Account::class, new Call('GET', '/account', options: $options));
    }

    /**
     * Changes what is given of the account's settings.
     *
     * @param string|null $name the account's name, as the built-in texts show it; only a live key can change it
     * @param string|null $defaultLocale the language when there is no text in the requested one, as a BCP 47 tag
     * @param string|null $from the sender of messages whose request names none; empty for the carrier's
     * @param string|null $origin the host of your site, for the line by which browsers fill in a code; empty for none
     * @param string|null $appHash the 11-character hash of your Android app for the SMS Retriever API; empty for none
     * @param string|null $helpText the answer to HELP, without line breaks; empty for the built-in text
     * @param bool|null $maskNumbers whether phone numbers are shown masked
     * @param bool|null $smartEncoding whether characters that would make an SMS longer are replaced by similar ones
     * @param string|null $onUnknown when a carrier gives no answer: retry submits the message once more, hold never
     *     does
     * @param bool|null $optOutBlocksOtp whether numbers that opted out are refused codes as well
     * @param bool|null $optOutReplies whether STOP, START and HELP are answered
     * @param int|null $creditsLow the event credits.low is sent when the credits fall below this; 0 for never
     * @param int|null $spendCapHour the most credits in one hour (UTC); 0 for no cap
     * @param int|null $spendCapDay the most credits in one day (UTC); 0 for no cap
     * @param array<string, int>|null $spendCapCountries the most credits a day by ISO 3166-1 code, * for all others;
     *     replaces all caps by country
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a BadRequestException whose $errors say what is wrong
     */
    public function update(
        ?string $name = null,
        ?string $defaultLocale = null,
        #[\SensitiveParameter] ?string $from = null,
        ?string $origin = null,
        ?string $appHash = null,
        ?string $helpText = null,
        ?bool $maskNumbers = null,
        ?bool $smartEncoding = null,
        ?string $onUnknown = null,
        ?bool $optOutBlocksOtp = null,
        ?bool $optOutReplies = null,
        ?int $creditsLow = null,
        ?int $spendCapHour = null,
        ?int $spendCapDay = null,
        ?array $spendCapCountries = null,
        ?RequestOptions $options = null,
    ): Result\Account {
        return $this->engine->result(Result\Account::class, new Call(
            'PATCH', '/account',
            body: Encode::fields([
                'name' => $name,
                'default_locale' => $defaultLocale,
                'from' => $from,
                'origin' => $origin,
                'app_hash' => $appHash,
                'help_text' => $helpText,
                'mask_numbers' => $maskNumbers,
                'smart_encoding' => $smartEncoding,
                'on_unknown' => $onUnknown,
                'opt_out_blocks_otp' => $optOutBlocksOtp,
                'opt_out_replies' => $optOutReplies,
                'credits_low' => $creditsLow,
                'spend_cap_hour' => $spendCapHour,
                'spend_cap_day' => $spendCapDay,
                'spend_cap_countries' => Encode::map($spendCapCountries),
            ]),
            options: $options,
        ));
    }
}
