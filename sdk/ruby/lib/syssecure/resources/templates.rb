# frozen_string_literal: true

module SysSecure
  module Resources
    # Templates of messages with codes: `client.templates`.
    class Templates < Resource
      # Creates a template.
      #
      # @param name [String] your name for it; recipients do not see it
      # @param translations [Hash{String => String}] the text in each language, by BCP 47 tag
      # @param channels [Hash, nil] variants: `{ voice: { translations: … }, whatsapp: { name: …, language: … } }`
      # @param options [Hash] the options of the call, see {Resources}
      # @return [Template]
      # @raise [BadRequestError] when a text is not valid; #errors says where
      def create(name:, translations:, channels: nil, **options)
        body = { name:, translations:, channels: }

        call(Template, "POST", "/templates", body:, options:)
      end

      # Gets a template.
      #
      # @param template_id [String]
      # @return [Template]
      # @raise [NotFoundError] when there is no such template
      def get(template_id, **options)
        call(Template, "GET", "/templates/{template_id}", ids: { template_id: }, options:)
      end

      # Lists templates, newest first.
      #
      # @param search [String, nil] only those with this text in their name, id or texts
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @return [Page<Template>]
      def list(search: nil, limit: nil, cursor: nil, **options)
        page(Template, "/templates", query: { search:, limit:, cursor: }, options:)
      end

      # Changes the fields that are given.
      #
      # @param template_id [String]
      # @param name [String, nil] as in create
      # @param translations [Hash{String => String}, nil] replaces all translations
      # @param channels [Hash, nil] replaces all variants; {} removes them
      # @return [Template]
      def update(template_id, name: nil, translations: nil, channels: nil, **options)
        body = { name:, translations:, channels: }

        call(Template, "PATCH", "/templates/{template_id}", ids: { template_id: }, body:, options:)
      end

      # Deletes a template. Messages that were sent with it stay as they are.
      #
      # @param template_id [String]
      # @return [Deleted]
      def delete(template_id, **options)
        call(Deleted, "DELETE", "/templates/{template_id}", ids: { template_id: }, options:)
      end

      # Shows what a template looks like.
      #
      # @param template_id [String]
      # @param locale [String, nil] the language, as a BCP 47 tag
      # @param code [String, nil] the code to show
      # @param expires_in [Integer, nil] how many seconds the code is valid
      # @param metadata [Hash, nil] the values of the text's variables
      # @return [TemplatePreview]
      def preview(template_id, locale: nil, code: nil, expires_in: nil, metadata: nil, **options)
        body = { locale:, code:, expires_in: Wire.seconds("expires_in", expires_in), metadata: }

        call(TemplatePreview, "POST", "/templates/{template_id}/preview", ids: { template_id: }, body:, options:)
      end

      # Shows what a template would look like, before it is created.
      #
      # @param translations [Hash{String => String}] as in create
      # @param channels [Hash, nil] as in create
      # @param locale [String, nil] as in preview
      # @param code [String, nil] as in preview
      # @param expires_in [Integer, nil] as in preview, in seconds
      # @param metadata [Hash, nil] as in preview
      # @return [TemplatePreview]
      def preview_draft(translations:, channels: nil, locale: nil, code: nil, expires_in: nil, metadata: nil, **options)
        body = { translations:, channels:, locale:, code:, expires_in: Wire.seconds("expires_in", expires_in),
                 metadata: }

        call(TemplatePreview, "POST", "/templates/preview", body:, options:)
      end
    end
  end
end
