# frozen_string_literal: true

# The fenced blocks of README.md.
module ReadmeBlocks
  PATH = File.expand_path("../README.md", __dir__)
  HEADINGS = [
    "Install", "Requirements", "Quickstart", "Verify a code", "Send an SMS", "Errors", "Retries and idempotency",
    "Timeouts", "Pagination", "Webhooks", "Testing your integration", "Logging", "Advanced", "Versioning"
  ].freeze
  # A block, with the heading that it is under and the line on which it begins.
  Block = Struct.new(:heading, :language, :text, :line)

  module_function

  # @return [Array<String>]
  def headings
    File.read(PATH, encoding: "UTF-8").scan(/^## (.+)$/).flatten
  end

  # @return [Array<Block>]
  def all
    heading = nil
    open = nil
    blocks = []
    File.foreach(PATH, encoding: "UTF-8").with_index(1) do |line, number|
      if open
        line.start_with?("```") ? open = nil : open.text << line
      elsif line.start_with?("```")
        blocks << (open = Block.new(heading, line[3..].strip, +"", number))
      elsif line.start_with?("## ")
        heading = line[3..].strip
      end
    end
    blocks
  end

  # @return [String] the quickstart with the address, the key and the code of a sandbox
  def quickstart
    block = all.find { |candidate| candidate.heading == "Quickstart" }

    for_sandbox(block.text)
  end

  # @return [String] a program with the address, the key and the code of a sandbox
  def for_sandbox(program)
    { "https://otp.example.com" => ENV.fetch("SYSSECURE_BASE_URL"),
      "sk_live_your_key_here" => ENV.fetch("SYSSECURE_API_KEY"), "847291" => "000000" }
      .reduce(program) { |text, (from, to)| text.gsub(from, to) }
  end
end
