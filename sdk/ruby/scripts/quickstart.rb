# frozen_string_literal: true

# Runs the published quickstart from the package in DIST against SYSSECURE_BASE_URL: from the installed gem, and from a
# Gemfile.

require_relative "installed"
require_relative "readme_blocks"

Installed.open do |installed|
  program = ReadmeBlocks.quickstart
  gemfile = installed.write("Gemfile", %(gem "syssecure", "~> 2.2"\n))
  outputs = {
    "the gem" => installed.ruby(program),
    "a Gemfile" => installed.run("ruby", "-rbundler/setup", "program.rb", environment: { "BUNDLE_GEMFILE" => gemfile })
  }
  wrong = outputs.reject { |_, output| output == "true\n" }
  abort("the quickstart did not print true: #{wrong}") unless wrong.empty?

  puts "the quickstart printed true from #{outputs.keys.join(" and from ")}"
end
