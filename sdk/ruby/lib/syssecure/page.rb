# frozen_string_literal: true

module SysSecure
  # One page of a list. To iterate over it goes on to the next pages by itself; each is asked for when it is needed.
  class Page
    include Enumerable

    # @return [Array<Result>] the rows of this page
    attr_reader :data

    # @return [String, nil] what the next page is asked for with; nil on the last page
    attr_reader :next_cursor

    # @return [String, nil] the id of the request
    attr_reader :request_id

    # @return [Hash{String => Object}] the decoded body
    attr_reader :raw

    # @api private
    # @param reply [Reply]
    # @param by [Symbol] :after for a list whose pages all have a cursor, so that only an empty one is the last
    # @param cursor [String, nil] what this page was asked for with
    # @param fetch [Proc] asks for the page after a cursor
    def initialize(reply, row, by: :cursor, cursor: nil, &fetch)
      following = Decoder.decode(reply.json["next_cursor"], :string, "next_cursor")
      @next_cursor = following unless following == ""
      @data = Decoder.decode(reply.json["data"], [row], "data")
      @raw = reply.json
      @request_id = reply.request_id
      @cursor = cursor
      @by = by
      @fetch = fetch
      freeze
    end

    # @return [Boolean] whether there is another page
    def has_more
      !next_cursor.nil? && !(@by == :after && data.empty?)
    end
    alias has_more? has_more

    # @return [Page, nil] the next page; nil when this is the last
    # @raise [APIStatusError, APIConnectionError, APIResponseError] as the method that returned this page
    def next_page
      @fetch.call(next_cursor) if has_more
    end

    # Yields every row of this page and of those after it. Requests for the next pages are sent on the way.
    #
    # @yieldparam row [Result]
    # @return [Enumerator, Page] an Enumerator without a block
    # @raise [APIResponseError] when the server repeats a cursor, so that the list would never end
    # @raise [APIStatusError, APIConnectionError] when a page cannot be fetched
    def auto_paging_each(&block)
      return enum_for(:auto_paging_each) unless block

      each_page { |page| page.data.each(&block) }
      self
    end
    alias each auto_paging_each

    # Yields this page and those after it.
    #
    # @yieldparam page [Page]
    # @return [Enumerator, Page] an Enumerator without a block
    # @raise as #auto_paging_each
    def each_page
      return enum_for(:each_page) unless block_given?

      page = self
      used = { @cursor => true }
      while page
        yield page
        refuse_repeated(page) if page.has_more && used.key?(page.next_cursor)
        used[page.next_cursor] = true
        page = page.next_page
      end
      self
    end

    # @return [String] a text with masked numbers, and without bodies, secrets, payloads and metadata
    def inspect
      "#<#{self.class} data=#{Inspect.value(data)} has_more=#{has_more}>"
    end
    alias to_s inspect

    private

    def refuse_repeated(page)
      raise APIResponseError.new("the server repeated a cursor, so the list has no end", status: 200,
                                                                                         request_id: page.request_id)
    end
  end
end
