# frozen_string_literal: true

require_relative "test_helper"

# Lists.
class PageTest < SDKTest
  def pages(*pages)
    pages.each do |ids, cursor|
      fake.reply(json: { "data" => ids.map { |id| { "message_id" => id } }, "next_cursor" => cursor })
    end
  end

  def cursors
    fake.requests.map { |request| request.query["cursor"] }
  end

  def test_a_page
    pages([%w[a b], "c1"], [%w[c], nil])
    page = client.messages.list(limit: 2, status: "failed", metadata: { "a b" => "c" })

    assert_equal [%w[a b], "c1", true, true], [page.data.map(&:id), page.next_cursor, page.has_more, page.has_more?]
    following = page.next_page

    assert_equal [%w[c], nil, false, nil],
                 [following.data.map(&:id), following.next_cursor, following.has_more, following.next_page]
    assert_equal({ "limit" => "2", "status" => "failed", "metadata[a b]" => "c", "cursor" => "c1" },
                 fake.requests.last.query)
  end

  def test_iteration_goes_on_by_itself
    pages([%w[a b], "c1"], [[], "c2"], [%w[c], nil])
    seen = []
    page = client.messages.list.auto_paging_each { |message| seen << message.id }

    assert_equal %w[a b c], seen
    assert_instance_of SysSecure::Page, page
    assert_equal [nil, "c1", "c2"], cursors
  end

  def test_enumerators_ask_only_for_what_is_needed
    pages([%w[a b], "c1"], [%w[c], "c2"])
    messages = client.messages.list.auto_paging_each

    assert_instance_of Enumerator, messages
    assert_equal %w[a b], messages.first(2).map(&:id)
    assert_equal 1, fake.requests.length
    assert_equal %w[a b c], messages.lazy.map(&:id).first(3)
  end

  def test_leaving_early_sends_no_further_request
    pages([%w[a b], "c1"])
    client.messages.list.each { |message| break if message.id == "b" }

    assert_equal 1, fake.requests.length
  end

  def test_pages_are_enumerable
    pages([%w[a b], "c1"], [%w[c], nil])

    assert_equal({ "a" => 1, "b" => 1, "c" => 1 }, client.messages.list.map(&:id).tally)
  end

  def test_each_page
    pages([%w[a b], "c1"], [%w[c], nil])

    assert_equal [2, 1], client.messages.list.each_page.map { |page| page.data.length }
  end

  def test_error_of_a_later_page_is_raised_where_it_occurs
    pages([%w[a], "c1"])
    fake.reply(status: 404)
    seen = []
    assert_raises(SysSecure::NotFoundError) { client.messages.list.each { |message| seen << message.id } }

    assert_equal %w[a], seen
  end

  REPEATED = {
    "the same cursor" => [nil, [[%w[a], "c1"], [%w[b], "c1"]]],
    "a circle" => [nil, [[%w[a], "c1"], [%w[b], "c2"], [%w[c], "c1"]]],
    "the first cursor" => ["c0", [[%w[a], "c0"]]]
  }.freeze

  REPEATED.each do |name, (cursor, pages)|
    define_method("test_#{name.tr(" ", "_")}_ends_the_iteration") do
      pages(*pages)
      seen = []
      error = assert_raises(SysSecure::APIResponseError) do
        client.messages.list(cursor:).each { |message| seen << message.id }
      end

      assert_match(/repeated a cursor/, error.message)
      assert_equal pages.map { |ids, _| ids.first }, seen
      assert_equal pages.length, fake.requests.length
    end
  end

  def test_events_oldest_first_end_at_an_empty_page
    [%w[e1 e2], %w[e3], []].zip(%w[e2 e3 e3]) do |ids, cursor|
      fake.reply(json: { "data" => ids.map { |id| { "id" => id } }, "next_cursor" => cursor })
    end
    events = client.events.list(after: "start", limit: 2)

    assert_equal %w[e1 e2 e3], events.map(&:id)
    assert_equal %w[start e2 e3], fake.requests.map { |request| request.query["after"] }
    assert_equal %w[2 2 2], fake.requests.map { |request| request.query["limit"] }
    assert_predicate events, :has_more?
  end

  def test_lists_with_one_page
    fake.reply(json: { "data" => [{ "event" => "message.sent" }] })

    assert_equal %w[message.sent], client.webhook_endpoints.event_types.map(&:event)
  end

  def test_options_of_the_call_hold_for_every_page
    pages([%w[a], "c1"], [%w[b], nil])
    client.messages.list(headers: { "X-Team" => "a" }).to_a

    assert_equal %w[a a], fake.requests.map { |request| request.headers["x-team"] }
  end

  def test_wrong_rows_are_named
    fake.reply(json: { "data" => [{}, { "message_id" => 5 }] })
    error = assert_raises(SysSecure::APIResponseError) { client.messages.list }

    assert_includes error.message, "data[1].message_id is not a string"
  end

  def test_text_hides_secrets
    fake.reply(json: { "data" => [{ "inbound_id" => "inb_1", "from" => NUMBER, "body" => "Meet me" }] })

    assert_equal '#<SysSecure::Page data=[#<SysSecure::InboundMessage id="inb_1" from="+32…56">] has_more=false>',
                 client.inbound.list.inspect
  end
end
