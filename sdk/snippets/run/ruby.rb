# frozen_string_literal: true

# Runs samples, see ../README.md.
require "stringio"
require "syssecure"

# What a sample prints is not for the test, which reads standard output.
ANSWERS = $stdout.dup
ANSWERS.sync = true

def run(client, path, variables)
  names = Object.new.instance_eval { binding }
  names.local_variable_set(:client, client)
  variables.split.each do |one|
    name, value = one.split("=", 2)
    names.local_variable_set(name.downcase, value)
  end
  $stdout = StringIO.new
  eval(File.read(path, encoding: "UTF-8"), names, path) # rubocop:disable Security/Eval
end

client = SysSecure::Client.new
while (line = $stdin.gets)
  operation, path, variables = line.chomp.split("\t", 3)
  begin
    run(client, path, variables)
    ANSWERS.puts "ok\t#{operation}"
  rescue StandardError, ScriptError => e
    ANSWERS.puts "failed\t#{operation}\t#{e.class} #{e.full_message(highlight: false).split.join(" ")}"
  end
end
