# frozen_string_literal: true

module SysSecure
  module Resources
    # The addresses to which events are posted: `client.webhook_endpoints`.
    class WebhookEndpoints < Resource
      # Creates an endpoint.
      #
      # @param url [String] https, with any port
      # @param events [Array<String>, nil] the types of events to send to it; without them every type
      # @param description [String, nil] for your own use
      # @param enabled [Boolean, nil] whether events are sent to it from now on
      # @param options [Hash] the options of the call, see {Resources}
      # @return [WebhookEndpoint] with its secret, which is not shown again
      # @raise [BadRequestError] when the URL is not allowed
      def create(url:, events: nil, description: nil, enabled: nil, **options)
        body = { url:, events:, description:, enabled: }

        call(WebhookEndpoint, "POST", "/webhooks", body:, options:)
      end

      # Gets an endpoint, without its secret.
      #
      # @param webhook_id [String]
      # @return [WebhookEndpoint]
      # @raise [NotFoundError] when there is no such endpoint
      def get(webhook_id, **options)
        call(WebhookEndpoint, "GET", "/webhooks/{webhook_id}", ids: { webhook_id: }, options:)
      end

      # Lists endpoints, newest first, without their secrets.
      #
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @return [Page<WebhookEndpoint>]
      def list(limit: nil, cursor: nil, **options)
        page(WebhookEndpoint, "/webhooks", query: { limit:, cursor: }, options:)
      end

      # Changes the fields that are given.
      #
      # @param webhook_id [String]
      # @param url [String, nil] as in create
      # @param events [Array<String>, nil] as in create; an empty list means every type
      # @param description [String, nil] as in create
      # @param enabled [Boolean, nil] true sends the waiting events at once
      # @return [WebhookEndpoint]
      def update(webhook_id, url: nil, events: nil, description: nil, enabled: nil, **options)
        body = { url:, events:, description:, enabled: }

        call(WebhookEndpoint, "PATCH", "/webhooks/{webhook_id}", ids: { webhook_id: }, body:, options:)
      end

      # Deletes an endpoint. Its waiting events are not sent any more.
      #
      # @param webhook_id [String]
      # @return [Deleted]
      def delete(webhook_id, **options)
        call(Deleted, "DELETE", "/webhooks/{webhook_id}", ids: { webhook_id: }, options:)
      end

      # Posts an example of an event, marked as a test.
      #
      # @param webhook_id [String]
      # @param event [String, nil] the type of event: "message.delivered" unless given
      # @return [WebhookTest]
      def test(webhook_id, event: nil, **options)
        call(WebhookTest, "POST", "/webhooks/{webhook_id}/test", ids: { webhook_id: }, body: { event: }, options:)
      end

      # Makes a new secret.
      #
      # @param webhook_id [String]
      # @param overlap [Integer, nil] the seconds during which the old secret signs, too: a day unless given
      # @return [WebhookEndpoint] with the new secret, which is not shown again
      def rotate_secret(webhook_id, overlap: nil, **options)
        call(WebhookEndpoint, "POST", "/webhooks/{webhook_id}/rotate-secret",
             ids: { webhook_id: }, body: { overlap: Wire.seconds("overlap", overlap) }, options:)
      end

      # Lists deliveries to an endpoint, newest first.
      #
      # @param webhook_id [String]
      # @param status [String, nil] only those that are "waiting", "delivered" or "failed"
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @return [Page<Delivery>]
      def deliveries(webhook_id, status: nil, limit: nil, cursor: nil, **options)
        query = { status:, limit:, cursor: }

        page(Delivery, "/webhooks/{webhook_id}/deliveries", ids: { webhook_id: }, query:, options:)
      end

      # Sends an event again.
      #
      # @param webhook_id [String]
      # @param event_id [String] the id of a delivery
      # @return [Delivery]
      def redeliver(webhook_id, event_id, **options)
        call(Delivery, "POST", "/webhooks/{webhook_id}/deliveries/{event_id}/redeliver",
             ids: { webhook_id:, event_id: }, options:)
      end

      # Sends all events again that an endpoint missed.
      #
      # @param webhook_id [String]
      # @param since [Time, String] from this time on, at most 30 days ago
      # @param until [Time, String, nil] until this time; without it until now
      # @return [Recovery]
      def recover(webhook_id, since:, until: nil, **options)
        # A name that is a keyword of the language can only be read this way.
        body = { since:, until: binding.local_variable_get(:until) }

        call(Recovery, "POST", "/webhooks/{webhook_id}/recover", ids: { webhook_id: }, body:, options:)
      end

      # Lists the types of events. There is one page.
      #
      # @return [Page<EventType>]
      def event_types(**options)
        page(EventType, "/webhooks/event-types", options:)
      end

      # Makes a new secret for the events that go to callback URLs.
      #
      # @param overlap [Integer, nil] the seconds during which the old secret signs, too: a day unless given
      # @return [CallbackSecret]
      def rotate_callback_secret(overlap: nil, **options)
        call(CallbackSecret, "POST", "/webhooks/callback/rotate-secret",
             body: { overlap: Wire.seconds("overlap", overlap) }, options:)
      end
    end

    # The events that the server keeps: `client.events`.
    class Events < Resource
      # Lists events, newest first, or with `after` oldest first.
      #
      # @param limit [Integer, nil] the most rows of a page: 20 unless given, at most 100
      # @param cursor [String, nil] the next_cursor of an earlier page
      # @param type [String, nil] only those of this type, such as "message.delivered"; not with `after`
      # @param after [String, nil] the id of an event to begin after, or "start"
      # @return [Page<RecordedEvent>] with `after`, the iteration ends at the first empty page
      def list(limit: nil, cursor: nil, type: nil, after: nil, **options)
        page(RecordedEvent, "/events", query: { limit:, cursor:, type:, after: },
                                       by: after.nil? ? :cursor : :after, options:)
      end
    end
  end
end
