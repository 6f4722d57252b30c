<?php

declare(strict_types=1);

namespace SysSecure\Resource;

use SysSecure\Exception\SysSecureException;
use SysSecure\Internal\Call;
use SysSecure\Internal\Encode;
use SysSecure\Page;
use SysSecure\RequestOptions;
use SysSecure\Result;
use SysSecure\Result\TemplateChannels;

/**
 * Templates of messages with codes.
 *
 * @phpstan-type WhatsApp array{name: string, language: string}
 * @phpstan-type Voice array{translations: array<string, string>}
 * @phpstan-type Channels array{whatsapp?: WhatsApp, voice?: Voice}
 */
final readonly class Templates extends Resource
{
    /**
     * Creates a template.
     *
     * @param string $name your name for the template; recipients do not see it
     * @param array<string, string> $translations the text in each language, by BCP 47 tag
     * @param Channels|TemplateChannels|null $channels variants for channels that need another text, by the keys
     *     whatsapp and voice
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a BadRequestException whose $errors say what is wrong with the texts
     */
    public function create(
        string $name,
        array $translations,
        array|TemplateChannels|null $channels = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\Template {
        return $this->engine->result(Result\Template::class, new Call(
            'POST', '/templates',
            body: Encode::fields([
                'name' => $name,
                'translations' => Encode::map($translations),
                'channels' => Encode::templateChannels($channels),
            ]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }

    /**
     * Gets a template.
     *
     * @param string $templateId the template's id
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such template
     */
    public function get(string $templateId, ?RequestOptions $options = null): Result\Template
    {
        return $this->engine->result(Result\Template::class, new Call(
            'GET', '/templates/{template_id}', ['template_id' => $templateId],
            options: $options,
        ));
    }

    /**
     * Lists templates.
     *
     * @param string|null $search only those with this text in their name, id or texts
     * @param int|null $limit the most rows on a page: 1 to 100, 20 by default
     * @param string|null $cursor the nextCursor of another page, to begin after it
     * @param RequestOptions|null $options of this call alone
     *
     * @return Page<Result\Template> which goes on to the next pages by itself when you loop over it
     *
     * @throws SysSecureException
     */
    public function list(
        ?string $search = null,
        ?int $limit = null,
        ?string $cursor = null,
        ?RequestOptions $options = null,
    ): Page {
        return $this->engine->page(Result\Template::class, new Call(
            'GET', '/templates',
            query: ['search' => $search, 'limit' => $limit, 'cursor' => $cursor],
            options: $options,
        ));
    }

    /**
     * Changes what is given of a template.
     *
     * @param string $templateId the template's id
     * @param string|null $name your name for the template; recipients do not see it
     * @param array<string, string>|null $translations replaces the text in each language, by BCP 47 tag
     * @param Channels|TemplateChannels|null $channels replaces all variants; an empty array removes them
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such template
     */
    public function update(
        string $templateId,
        ?string $name = null,
        ?array $translations = null,
        array|TemplateChannels|null $channels = null,
        ?RequestOptions $options = null,
    ): Result\Template {
        return $this->engine->result(Result\Template::class, new Call(
            'PATCH', '/templates/{template_id}', ['template_id' => $templateId],
            body: Encode::fields([
                'name' => $name,
                'translations' => Encode::map($translations),
                'channels' => Encode::templateChannels($channels),
            ]),
            options: $options,
        ));
    }

    /**
     * Deletes a template.
     *
     * @param string $templateId the template's id
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such template
     */
    public function delete(string $templateId, ?RequestOptions $options = null): Result\Deleted
    {
        return $this->engine->result(Result\Deleted::class, new Call(
            'DELETE', '/templates/{template_id}', ['template_id' => $templateId],
            options: $options,
        ));
    }

    /**
     * Shows the message that a template makes, without sending it.
     *
     * @param string $templateId the template's id
     * @param string|null $code the code to show; 123456 by default
     * @param int|float|\DateInterval|null $expiresIn how many seconds the code is valid, for {{minutes}}; 300 by
     *     default
     * @param string|null $locale the language, as a BCP 47 tag
     * @param array<string, mixed>|object|null $metadata values for the variables of the text
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a NotFoundException when there is no such template
     */
    public function preview(
        string $templateId,
        #[\SensitiveParameter] ?string $code = null,
        int|float|\DateInterval|null $expiresIn = null,
        ?string $locale = null,
        #[\SensitiveParameter] array|object|null $metadata = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\Preview {
        return $this->engine->result(Result\Preview::class, new Call(
            'POST', '/templates/{template_id}/preview', ['template_id' => $templateId],
            body: Encode::fields([
                'code' => $code,
                'expires_in' => Encode::seconds('expires_in', $expiresIn),
                'locale' => $locale,
                'metadata' => Encode::map($metadata),
            ]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }

    /**
     * Shows the message that a template would make, before it is saved.
     *
     * @param array<string, string> $translations the text in each language, by BCP 47 tag
     * @param Channels|TemplateChannels|null $channels variants for channels that need another text, by the keys
     *     whatsapp and voice
     * @param string|null $code the code to show; 123456 by default
     * @param int|float|\DateInterval|null $expiresIn how many seconds the code is valid, for {{minutes}}; 300 by
     *     default
     * @param string|null $locale the language, as a BCP 47 tag
     * @param array<string, mixed>|object|null $metadata values for the variables of the text
     * @param string|null $idempotencyKey a key of your own by which the server knows a repeat of this request
     * @param RequestOptions|null $options of this call alone
     *
     * @throws SysSecureException a BadRequestException whose $errors say what is wrong with the texts
     */
    public function previewDraft(
        array $translations,
        array|TemplateChannels|null $channels = null,
        #[\SensitiveParameter] ?string $code = null,
        int|float|\DateInterval|null $expiresIn = null,
        ?string $locale = null,
        #[\SensitiveParameter] array|object|null $metadata = null,
        ?string $idempotencyKey = null,
        ?RequestOptions $options = null,
    ): Result\Preview {
        return $this->engine->result(Result\Preview::class, new Call(
            'POST', '/templates/preview',
            body: Encode::fields([
                'translations' => Encode::map($translations),
                'channels' => Encode::templateChannels($channels),
                'code' => $code,
                'expires_in' => Encode::seconds('expires_in', $expiresIn),
                'locale' => $locale,
                'metadata' => Encode::map($metadata),
            ]),
            options: $options,
            idempotencyKey: $idempotencyKey,
        ));
    }
}
