$result = $client->templates->delete($templateId);
var_dump($result->deleted); // bool(true)
