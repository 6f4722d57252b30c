for (Template template : client.templates().list().autoPaging()) {
    System.out.println(template.id() + " " + template.name());
}
