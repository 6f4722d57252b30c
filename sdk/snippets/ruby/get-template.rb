template = client.templates.get(template_id)
template.translations.each { |locale, text| puts "#{locale}: #{text}" }
