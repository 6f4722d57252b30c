# frozen_string_literal: true

require "timeout"
require_relative "test_helper"

# Which connections are kept, and which never see another request.
class PoolTest < SDKTest
  OK = TestServer.response('{"credits":5,"held":0}')

  def test_connections_are_kept
    server = server { |_, socket| socket.write(OK) }
    client = connected(server)
    3.times { client.balance.get }

    assert_equal 1, server.connections
  end

  def test_connections_are_kept_after_errors_of_the_api
    server = server { |_, socket| socket.write(TestServer.response(status: 404)) }
    client = connected(server)
    2.times { assert_raises(SysSecure::NotFoundError) { client.balance.get } }

    assert_equal 1, server.connections
  end

  def test_a_connection_that_the_server_closed_is_noticed
    server = server { |_, socket| socket.write(OK) }
    client = connected(server)
    client.balance.get
    server.close_connections
    client.balance.get

    assert_equal 2, server.connections
  end

  def test_connection_close_is_respected
    server = server { |_, socket| socket.write(TestServer.response(headers: { "Connection" => "close" })) }
    client = connected(server)
    2.times { client.balance.get }

    assert_equal 2, server.connections
  end

  # The bytes after a response would be taken for the answer to the next request.
  def test_a_connection_with_bytes_left_is_not_used_again
    server = server do |request, socket|
      socket.write(TestServer.response("{\"credits\":#{request.connection}}") + TestServer.response('{"credits":99}'))
    end
    client = connected(server)

    assert_equal [1, 2], Array.new(2) { client.balance.get.credits }
  end

  def test_a_connection_with_bytes_between_requests_is_not_used_again
    written = Queue.new
    held = Queue.new
    server = server do |request, socket|
      socket.write(TestServer.response("{\"credits\":#{request.connection}}"))
      held.pop if request.connection == 1
      socket.write(TestServer.response('{"credits":99}')) if request.connection == 1
      written << :late
    end
    client = connected(server)
    first = client.balance.get.credits
    held << :go
    written.pop

    assert_equal [1, 2], [first, client.balance.get.credits]
  end

  # The answer to the first request comes late, when somebody else may be waiting on the connection.
  INTERRUPTIONS = {
    "timeout" => lambda do |client, held|
      Thread.new do
        Timeout.timeout(0.2) { client.balance.get }
      rescue Timeout::Error
        held << :go
        :interrupted
      end
    end,
    "raise" => lambda do |client, held|
      Thread.new do
        Thread.current.report_on_exception = false
        client.balance.get
      rescue Interrupt
        held << :go
        :interrupted
      end
    end,
    "kill" => lambda do |client, held|
      Thread.new do
        client.balance.get
      ensure
        held << :go
      end
    end
  }.freeze

  INTERRUPTIONS.each do |name, start|
    define_method("test_#{name}_during_a_call_leaves_no_half_read_connection") do
      arrived = Queue.new
      held = Queue.new
      server = server do |request, socket|
        if request.connection == 1
          arrived << :here
          held.pop
        end
        socket.write(TestServer.response("{\"credits\":#{request.connection}}"))
      end
      client = connected(server)
      thread = start.call(client, held)
      arrived.pop
      thread.raise(Interrupt) if name == "raise"
      thread.kill if name == "kill"
      thread.join

      assert_equal :interrupted, thread.value unless name == "kill"
      assert_equal [2, 2], Array.new(2) { client.balance.get.credits }
      assert_equal 2, server.connections
    end
  end

  # @return [TestServer] that answers the calls of at_once
  def holding
    @arrived = Queue.new
    @held = Queue.new
    server do |_, socket|
      @arrived << :here
      @held.pop
      socket.write(OK)
    end
  end

  # Makes calls that are all in progress before the first one is answered.
  def at_once(client, calls)
    threads = Array.new(calls) { Thread.new { client.balance.get } }
    calls.times { @arrived.pop }
    calls.times { @held << :go }
    threads.each(&:join)
  end

  def test_a_second_round_of_parallel_calls_opens_no_connection
    server = holding
    client = connected(server)
    opened = Array.new(2) do
      at_once(client, 32)
      server.connections
    end

    assert_equal [32, 32], opened
  end

  # @return [Array<Connection>] what a transport keeps
  def kept(transport)
    transport.instance_variable_get(:@pool).instance_variable_get(:@idle)
  end

  def test_no_more_than_64_connections_are_kept
    server = holding
    transport = SysSecure::NetHTTPTransport.new(base_url: server.url)
    at_once(connected(server, transport:), 70)

    assert_equal 64, kept(transport).length
  end

  def test_old_connections_are_not_used_again
    server = server { |_, socket| socket.write(OK) }
    transport = SysSecure::NetHTTPTransport.new(base_url: server.url)
    connected(server, transport:).balance.get
    connection = kept(transport).first

    assert connection.alive?(60)
    refute connection.alive?(-1)
  end

  def test_close_closes_the_connections
    closed = Queue.new
    server = server do |_, socket|
      socket.write(OK)
      socket.wait_readable
      closed << socket.eof?
      :close
    end
    client = connected(server)
    client.balance.get
    client.close

    assert closed.pop
  end

  def test_close_lets_a_call_end_and_then_closes_its_connection
    arrived = Queue.new
    held = Queue.new
    closed = Queue.new
    server = server do |_, socket|
      arrived << :here
      held.pop
      socket.write(OK)
      socket.wait_readable
      closed << socket.eof?
      :close
    end
    client = connected(server)
    call = Thread.new { client.balance.get.credits }
    arrived.pop
    client.close
    held << :go

    assert_equal 5, call.value
    assert closed.pop
  end

  def test_a_fork_does_not_share_connections
    skip "this Ruby cannot fork" unless Process.respond_to?(:fork)

    server = server { |request, socket| socket.write(TestServer.response("{\"credits\":#{request.connection}}")) }
    client = connected(server)
    client.balance.get
    child = in_child { client.balance.get.credits }

    assert_equal "2", child
    assert_equal 1, client.balance.get.credits
  end

  # @return [String] what the block returned in another process
  def in_child
    reader, writer = IO.pipe
    process = fork do
      writer.write(yield.to_s)
      writer.close
      # Without the hooks of the tests.
      exit!(0)
    end
    writer.close
    Process.wait(process)
    reader.read
  end
end
