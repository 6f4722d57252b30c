# frozen_string_literal: true

require_relative "lib/syssecure/version"

Gem::Specification.new do |gem|
  gem.name = "syssecure"
  gem.version = SysSecure::VERSION
  gem.summary = "Client of SysSecure: one-time passwords and messages from your own server"
  gem.description = "Sends and verifies one-time passwords over WhatsApp, SMS, Telegram and voice, sends SMS, and " \
                    "checks webhooks. Without dependencies."
  gem.authors = ["SysSecure"]
  gem.license = "Apache-2.0"
  gem.homepage = "https://github.com/syssecure/syssecure"
  gem.required_ruby_version = ">= 3.1"
  gem.metadata = {
    "source_code_uri" => "https://github.com/syssecure/syssecure/tree/main/sdk/ruby",
    "changelog_uri" => "https://github.com/syssecure/syssecure/blob/main/sdk/ruby/CHANGELOG.md",
    "bug_tracker_uri" => "https://github.com/syssecure/syssecure/issues",
    "rubygems_mfa_required" => "true"
  }
  gem.files = Dir.chdir(__dir__) do
    Dir["lib/**/*.rb", "sig/**/*.{rbs,yaml}", "README.md", "CHANGELOG.md", "LICENSE"].sort
  end
end
