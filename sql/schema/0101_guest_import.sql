create table wedsync_data.import_headings (
    heading text not null,
    field text not null,
    child_no smallint,
    constraint import_headings_pkey primary key (heading)
);
comment on table wedsync_data.import_headings is 'Headings of guest lists, as exported by wedding planners and written by people in English, German and Spanish, and what they mean to import_guests.';
comment on column wedsync_data.import_headings.heading is 'Heading without case, accents and punctuation.';
comment on column wedsync_data.import_headings.field is 'What the column holds.';
comment on column wedsync_data.import_headings.child_no is 'Number of the child, for columns about one of several children.';
insert into wedsync_data.import_headings (heading, field, child_no) values
('household', 'household', null), ('household name', 'household', null), ('family', 'household', null), ('family name on envelope', 'household', null), ('group', 'household', null), ('group name', 'household', null), ('groupname', 'household', null), ('groupid', 'household', null), ('group id', 'household', null), ('party', 'household', null), ('party name', 'household', null), ('invitation', 'household', null), ('invitation name', 'household', null), ('envelope', 'household', null), ('envelope name', 'household', null), ('addressee', 'household', null), ('haushalt', 'household', null), ('familie', 'household', null), ('gruppe', 'household', null), ('hogar', 'household', null), ('familia', 'household', null), ('grupo', 'household', null),
('name', 'full_name', null), ('full name', 'full_name', null), ('fullname', 'full_name', null), ('guest', 'full_name', null), ('guest name', 'full_name', null), ('guests', 'full_name', null), ('guest names', 'full_name', null), ('attendee', 'full_name', null), ('invitee', 'full_name', null), ('gast', 'full_name', null), ('gaste', 'full_name', null), ('namen', 'full_name', null), ('vollstandiger name', 'full_name', null), ('nombre completo', 'full_name', null), ('invitado', 'full_name', null), ('invitados', 'full_name', null), ('nombre del invitado', 'full_name', null), ('nombre y apellidos', 'full_name', null),
('first name', 'first_name', null), ('firstname', 'first_name', null), ('first', 'first_name', null), ('given name', 'first_name', null), ('forename', 'first_name', null), ('vorname', 'first_name', null), ('nombre', 'first_name', null), ('first names', 'first_name', null), ('guest first name', 'first_name', null), ('primer nombre', 'first_name', null),
('last name', 'last_name', null), ('lastname', 'last_name', null), ('last', 'last_name', null), ('surname', 'last_name', null), ('family name', 'last_name', null), ('nachname', 'last_name', null), ('familienname', 'last_name', null), ('apellido', 'last_name', null), ('apellidos', 'last_name', null), ('guest last name', 'last_name', null),
('title', 'title', null), ('prefix', 'title', null), ('salutation', 'title', null), ('anrede', 'title', null), ('titel', 'title', null), ('tratamiento', 'title', null), ('titulo', 'title', null),
('suffix', 'suffix', null), ('namenszusatz', 'suffix', null), ('sufijo', 'suffix', null),
('partner first name', 'partner_first_name', null), ('spouse first name', 'partner_first_name', null), ('vorname partner', 'partner_first_name', null), ('nombre pareja', 'partner_first_name', null), ('plus one first name', 'partner_first_name', null), ('guest 2 first name', 'partner_first_name', null),
('partner last name', 'partner_last_name', null), ('spouse last name', 'partner_last_name', null), ('nachname partner', 'partner_last_name', null), ('apellido pareja', 'partner_last_name', null), ('plus one last name', 'partner_last_name', null), ('guest 2 last name', 'partner_last_name', null),
('partner title', 'partner_title', null),
('partner suffix', 'partner_suffix', null),
('partner', 'partner_name', null), ('partner name', 'partner_name', null), ('spouse', 'partner_name', null), ('spouse name', 'partner_name', null), ('guest 2', 'partner_name', null), ('pareja', 'partner_name', null),
('plus one name', 'plus_one_name', null), ('plus 1 name', 'plus_one_name', null), ('begleitung', 'plus_one_name', null), ('begleitperson', 'plus_one_name', null), ('acompanante', 'plus_one_name', null), ('companion', 'plus_one_name', null), ('companion name', 'plus_one_name', null), ('name of plus one', 'plus_one_name', null),
('side', 'side', null), ('seite', 'side', null), ('lado', 'side', null), ('bride or groom', 'side', null), ('bride groom', 'side', null), ('guest of', 'side', null), ('invited by', 'side', null), ('gast von', 'side', null), ('de parte de', 'side', null),
('relationship', 'relationship', null), ('relationship to couple', 'relationship', null), ('relation', 'relationship', null), ('beziehung', 'relationship', null), ('verhaltnis', 'relationship', null), ('relacion', 'relationship', null), ('tag', 'relationship', null), ('tags', 'relationship', null), ('category', 'relationship', null), ('kategorie', 'relationship', null), ('categoria', 'relationship', null),
('age', 'age_class', null), ('age class', 'age_class', null), ('age group', 'age_class', null), ('adult child', 'age_class', null), ('adult or child', 'age_class', null), ('type', 'age_class', null), ('guest type', 'age_class', null), ('alter', 'age_class', null), ('altersgruppe', 'age_class', null), ('erwachsener kind', 'age_class', null), ('edad', 'age_class', null), ('tipo', 'age_class', null),
('email', 'email', null), ('e mail', 'email', null), ('email address', 'email', null), ('e mail address', 'email', null), ('mail', 'email', null), ('e mail adresse', 'email', null), ('emails', 'email', null), ('correo', 'email', null), ('correo electronico', 'email', null),
('partner email', 'partner_email', null), ('spouse email', 'partner_email', null),
('phone', 'phone', null), ('phone number', 'phone', null), ('phone numbers', 'phone', null), ('mobile', 'phone', null), ('mobile number', 'phone', null), ('mobile phone', 'phone', null), ('cell', 'phone', null), ('cell phone', 'phone', null), ('telephone', 'phone', null), ('tel', 'phone', null), ('telefon', 'phone', null), ('telefonnummer', 'phone', null), ('handy', 'phone', null), ('handynummer', 'phone', null), ('mobil', 'phone', null), ('telefono', 'phone', null), ('movil', 'phone', null), ('celular', 'phone', null),
('partner phone', 'partner_phone', null),
('language', 'language', null), ('sprache', 'language', null), ('idioma', 'language', null), ('preferred language', 'language', null),
('street address', 'line1', null), ('address', 'line1', null), ('address 1', 'line1', null), ('address1', 'line1', null), ('address line 1', 'line1', null), ('address line1', 'line1', null), ('street', 'line1', null), ('line1', 'line1', null), ('strasse', 'line1', null), ('straße', 'line1', null), ('adresse', 'line1', null), ('anschrift', 'line1', null), ('direccion', 'line1', null), ('calle', 'line1', null), ('mailing address', 'line1', null),
('street address line 2', 'line2', null), ('address 2', 'line2', null), ('address2', 'line2', null), ('address line 2', 'line2', null), ('line2', 'line2', null), ('apt', 'line2', null), ('apartment', 'line2', null), ('adresszusatz', 'line2', null), ('direccion 2', 'line2', null),
('city', 'city', null), ('town', 'city', null), ('stadt', 'city', null), ('ort', 'city', null), ('wohnort', 'city', null), ('ciudad', 'city', null), ('poblacion', 'city', null),
('state region', 'region', null), ('state', 'region', null), ('region', 'region', null), ('county', 'region', null), ('province', 'region', null), ('bundesland', 'region', null), ('provincia', 'region', null),
('zip postal code', 'postcode', null), ('zip', 'postcode', null), ('zip code', 'postcode', null), ('zipcode', 'postcode', null), ('postal code', 'postcode', null), ('postcode', 'postcode', null), ('plz', 'postcode', null), ('postleitzahl', 'postcode', null), ('codigo postal', 'postcode', null), ('cp', 'postcode', null),
('country', 'country', null), ('land', 'country', null), ('pais', 'country', null),
('plus one allowed', 'plus_one_allowed', null), ('plus ones allowed', 'plus_one_allowed', null), ('plusonesallowed', 'plus_one_allowed', null), ('plus one', 'plus_one_allowed', null), ('plus ones', 'plus_one_allowed', null), ('plus 1', 'plus_one_allowed', null), ('plusone', 'plus_one_allowed', null), ('begleitung erlaubt', 'plus_one_allowed', null), ('mit begleitung', 'plus_one_allowed', null), ('mas uno', 'plus_one_allowed', null), ('acompanantes', 'plus_one_allowed', null), ('number of plus ones', 'plus_one_allowed', null),
('plus one of', 'plus_one_of', null), ('companion of', 'plus_one_of', null), ('begleitet', 'plus_one_of', null), ('begleitung von', 'plus_one_of', null), ('acompanante de', 'plus_one_of', null),
('adults', 'adults', null), ('number of adults', 'adults', null), ('no of adults', 'adults', null), ('adult count', 'adults', null), ('erwachsene', 'adults', null), ('adultos', 'adults', null),
('children', 'children', null), ('kids', 'children', null), ('number of children', 'children', null), ('no of children', 'children', null), ('child count', 'children', null), ('kinder', 'children', null), ('anzahl kinder', 'children', null), ('ninos', 'children', null),
('party size', 'party_size', null), ('total invited', 'party_size', null), ('total definitely invited', 'party_size', null), ('number of guests', 'party_size', null), ('guest count', 'party_size', null), ('total guests', 'party_size', null), ('seats reserved', 'party_size', null), ('anzahl', 'party_size', null), ('anzahl personen', 'party_size', null), ('personen', 'party_size', null), ('numero de invitados', 'party_size', null), ('numero de personas', 'party_size', null), ('total', 'party_size', null), ('headcount', 'party_size', null),
('events', 'events', null), ('event', 'events', null), ('invited to', 'events', null), ('invited events', 'events', null), ('attendance', 'events', null), ('veranstaltung', 'events', null), ('veranstaltungen', 'events', null), ('eventos', 'events', null), ('evento', 'events', null),
('rsvp', 'rsvp', null), ('rsvp status', 'rsvp', null), ('response', 'rsvp', null), ('status', 'rsvp', null), ('reply', 'rsvp', null), ('attending', 'rsvp', null), ('attendance status', 'rsvp', null), ('antwort', 'rsvp', null), ('ruckmeldung', 'rsvp', null), ('zusage', 'rsvp', null), ('teilnahme', 'rsvp', null), ('respuesta', 'rsvp', null), ('asistencia', 'rsvp', null), ('confirmacion', 'rsvp', null), ('confirmado', 'rsvp', null), ('asistira', 'rsvp', null), ('estado', 'rsvp', null),
('rsvp date', 'rsvp_date', null), ('response date', 'rsvp_date', null), ('date of reply', 'rsvp_date', null), ('replied on', 'rsvp_date', null), ('reply date', 'rsvp_date', null), ('responded at', 'rsvp_date', null), ('datum der antwort', 'rsvp_date', null), ('antwortdatum', 'rsvp_date', null), ('fecha de respuesta', 'rsvp_date', null),
('rsvp comment', 'rsvp_comment', null), ('message', 'rsvp_comment', null), ('comment', 'rsvp_comment', null), ('kommentar', 'rsvp_comment', null), ('mensaje', 'rsvp_comment', null), ('comentario', 'rsvp_comment', null),
('meal', 'meal', null), ('meal choice', 'meal', null), ('menu', 'meal', null), ('menu choice', 'meal', null), ('entree', 'meal', null), ('food choice', 'meal', null), ('dinner choice', 'meal', null), ('main course', 'meal', null), ('essen', 'meal', null), ('menuwahl', 'meal', null), ('gericht', 'meal', null), ('plato', 'meal', null), ('menu elegido', 'meal', null),
('diet', 'diets', null), ('diets', 'diets', null), ('dietary', 'diets', null), ('dietary requirements', 'diets', null), ('dietary restrictions', 'diets', null), ('dietaryrestrictions', 'diets', null), ('dietary needs', 'diets', null), ('dietary preferences', 'diets', null), ('special diet', 'diets', null), ('special meals', 'diets', null), ('food restrictions', 'diets', null), ('diet notes', 'diets', null), ('ernahrung', 'diets', null), ('diat', 'diets', null), ('essenswunsche', 'diets', null), ('dieta', 'diets', null), ('dietas', 'diets', null), ('restricciones alimentarias', 'diets', null), ('restricciones', 'diets', null), ('requisitos dieteticos', 'diets', null),
('allergy', 'allergies', null), ('allergies', 'allergies', null), ('allergens', 'allergies', null), ('food allergies', 'allergies', null), ('intolerances', 'allergies', null), ('allergien', 'allergies', null), ('allergie', 'allergies', null), ('unvertraglichkeiten', 'allergies', null), ('alergias', 'allergies', null), ('alergia', 'allergies', null), ('alergenos', 'allergies', null),
('dietary note', 'dietary_note', null), ('note for the kitchen', 'dietary_note', null), ('hinweis fur die kuche', 'dietary_note', null),
('accessibility', 'accessibility', null), ('accessibility needs', 'accessibility', null), ('special needs', 'accessibility', null), ('mobility', 'accessibility', null), ('wheelchair', 'accessibility', null), ('barrierefreiheit', 'accessibility', null), ('accesibilidad', 'accessibility', null), ('necesidades especiales', 'accessibility', null),
('transport', 'transport', null), ('transportation', 'transport', null), ('shuttle', 'transport', null), ('pick up', 'transport', null), ('bus', 'transport', null), ('anreise', 'transport', null), ('transporte', 'transport', null),
('table', 'table', null), ('table number', 'table', null), ('tablenumber', 'table', null), ('table name', 'table', null), ('table assignment', 'table', null), ('tisch', 'table', null), ('tischnummer', 'table', null), ('mesa', 'table', null), ('numero de mesa', 'table', null),
('seat', 'seat', null), ('seat number', 'seat', null), ('seatnumber', 'seat', null), ('platz', 'seat', null), ('sitzplatz', 'seat', null), ('asiento', 'seat', null),
('gift', 'gift', null), ('gift received', 'gift', null), ('gifts', 'gift', null), ('geschenk', 'gift', null), ('regalo', 'gift', null),
('thank you sent', 'thank_you_sent', null), ('thank you', 'thank_you_sent', null), ('thank you note sent', 'thank_you_sent', null), ('thankyou', 'thank_you_sent', null), ('danke gesendet', 'thank_you_sent', null), ('dankeskarte', 'thank_you_sent', null), ('agradecimiento enviado', 'thank_you_sent', null), ('agradecimiento', 'thank_you_sent', null),
('notes', 'notes', null), ('note', 'notes', null), ('remarks', 'notes', null), ('comments', 'notes', null), ('notizen', 'notes', null), ('notiz', 'notes', null), ('bemerkung', 'notes', null), ('bemerkungen', 'notes', null), ('anmerkungen', 'notes', null), ('notas', 'notes', null), ('observaciones', 'notes', null),
('invitation code', 'ignored', null), ('rsvp code', 'ignored', null), ('code', 'ignored', null), ('einladungscode', 'ignored', null), ('codigo', 'ignored', null), ('is primary contact', 'ignored', null), ('isprimarycontact', 'ignored', null), ('primary contact', 'ignored', null), ('hauptkontakt', 'ignored', null),
('child 1 first name', 'child_first_name', 1), ('kind 1 vorname', 'child_first_name', 1), ('child 2 first name', 'child_first_name', 2), ('kind 2 vorname', 'child_first_name', 2), ('child 3 first name', 'child_first_name', 3), ('kind 3 vorname', 'child_first_name', 3), ('child 4 first name', 'child_first_name', 4), ('kind 4 vorname', 'child_first_name', 4), ('child 5 first name', 'child_first_name', 5), ('kind 5 vorname', 'child_first_name', 5), ('child 6 first name', 'child_first_name', 6), ('kind 6 vorname', 'child_first_name', 6), ('child 7 first name', 'child_first_name', 7), ('kind 7 vorname', 'child_first_name', 7), ('child 8 first name', 'child_first_name', 8), ('kind 8 vorname', 'child_first_name', 8), ('child 9 first name', 'child_first_name', 9), ('kind 9 vorname', 'child_first_name', 9), ('child 10 first name', 'child_first_name', 10), ('kind 10 vorname', 'child_first_name', 10),
('child 1 last name', 'child_last_name', 1), ('kind 1 nachname', 'child_last_name', 1), ('child 2 last name', 'child_last_name', 2), ('kind 2 nachname', 'child_last_name', 2), ('child 3 last name', 'child_last_name', 3), ('kind 3 nachname', 'child_last_name', 3), ('child 4 last name', 'child_last_name', 4), ('kind 4 nachname', 'child_last_name', 4), ('child 5 last name', 'child_last_name', 5), ('kind 5 nachname', 'child_last_name', 5), ('child 6 last name', 'child_last_name', 6), ('kind 6 nachname', 'child_last_name', 6), ('child 7 last name', 'child_last_name', 7), ('kind 7 nachname', 'child_last_name', 7), ('child 8 last name', 'child_last_name', 8), ('kind 8 nachname', 'child_last_name', 8), ('child 9 last name', 'child_last_name', 9), ('kind 9 nachname', 'child_last_name', 9), ('child 10 last name', 'child_last_name', 10), ('kind 10 nachname', 'child_last_name', 10),
('child 1 name', 'child_name', 1), ('child 1', 'child_name', 1), ('kind 1', 'child_name', 1), ('nino 1', 'child_name', 1), ('hijo 1', 'child_name', 1), ('child 2 name', 'child_name', 2), ('child 2', 'child_name', 2), ('kind 2', 'child_name', 2), ('nino 2', 'child_name', 2), ('hijo 2', 'child_name', 2), ('child 3 name', 'child_name', 3), ('child 3', 'child_name', 3), ('kind 3', 'child_name', 3), ('nino 3', 'child_name', 3), ('hijo 3', 'child_name', 3), ('child 4 name', 'child_name', 4), ('child 4', 'child_name', 4), ('kind 4', 'child_name', 4), ('nino 4', 'child_name', 4), ('hijo 4', 'child_name', 4), ('child 5 name', 'child_name', 5), ('child 5', 'child_name', 5), ('kind 5', 'child_name', 5), ('nino 5', 'child_name', 5), ('hijo 5', 'child_name', 5), ('child 6 name', 'child_name', 6), ('child 6', 'child_name', 6), ('kind 6', 'child_name', 6), ('nino 6', 'child_name', 6), ('hijo 6', 'child_name', 6), ('child 7 name', 'child_name', 7), ('child 7', 'child_name', 7), ('kind 7', 'child_name', 7), ('nino 7', 'child_name', 7), ('hijo 7', 'child_name', 7), ('child 8 name', 'child_name', 8), ('child 8', 'child_name', 8), ('kind 8', 'child_name', 8), ('nino 8', 'child_name', 8), ('hijo 8', 'child_name', 8), ('child 9 name', 'child_name', 9), ('child 9', 'child_name', 9), ('kind 9', 'child_name', 9), ('nino 9', 'child_name', 9), ('hijo 9', 'child_name', 9), ('child 10 name', 'child_name', 10), ('child 10', 'child_name', 10), ('kind 10', 'child_name', 10), ('nino 10', 'child_name', 10), ('hijo 10', 'child_name', 10);

create type wedsync_internal.import_person as (
    row_no integer,
    position integer,
    household_key text,
    household_name text,
    id uuid,
    household_id uuid,
    role text,
    title text,
    first_name text,
    last_name text,
    suffix text,
    age_class text,
    name_key text,
    email text,
    other_emails text[],
    phone text,
    f jsonb,
    needs jsonb,
    is_known boolean,
    has_new_home boolean
);
comment on type wedsync_internal.import_person is 'A person of a guest list, as import_guests reads it.';
comment on column wedsync_internal.import_person.row_no is 'Row of the list, counted from 1.';
comment on column wedsync_internal.import_person.position is 'Order within the row.';
comment on column wedsync_internal.import_person.household_key is 'What the household is known by in the list.';
comment on column wedsync_internal.import_person.household_name is 'Name of the household.';
comment on column wedsync_internal.import_person.id is 'Id of the new guest.';
comment on column wedsync_internal.import_person.household_id is 'Household, new or known.';
comment on column wedsync_internal.import_person.role is 'first, partner, child, plus_one or unnamed.';
comment on column wedsync_internal.import_person.title is 'As in guests.';
comment on column wedsync_internal.import_person.first_name is 'As in guests.';
comment on column wedsync_internal.import_person.last_name is 'As in guests.';
comment on column wedsync_internal.import_person.suffix is 'As in guests.';
comment on column wedsync_internal.import_person.age_class is 'As in guests.';
comment on column wedsync_internal.import_person.name_key is 'Name to compare by.';
comment on column wedsync_internal.import_person.email is 'As in guests.';
comment on column wedsync_internal.import_person.other_emails is 'As in guests.';
comment on column wedsync_internal.import_person.phone is 'As in guests.';
comment on column wedsync_internal.import_person.f is 'Cells of the row by field.';
comment on column wedsync_internal.import_person.needs is '{diets, allergens, note}, for the first person of the row.';
comment on column wedsync_internal.import_person.is_known is 'Whether the wedding has a guest of this name in this household.';
comment on column wedsync_internal.import_person.has_new_home is 'Whether the household is new.';

insert into wedsync_internal.error_rules (name, meaning) values
('import_heading', 'The list needs a row of headings with at least a name. Name the columns with the option mapping.'),
('import_name', 'The row has no name.'),
('import_email', 'This is not an e-mail address; it was left out.'),
('import_phone', 'This is not a phone number; it was left out.'),
('import_date', 'This is not a date; it was left out.'),
('import_ambiguous_date', 'Day and month could be swapped: read with the day first. Set the option date_order to mdy or dmy.'),
('import_status', 'This reply was not understood; the guest is invited without a reply.'),
('import_event', 'The wedding has no event of this name.'),
('import_event_needed', 'The list has replies, meals or tables, and the wedding several events: set the option event_id.'),
('import_meal', 'The event has no meal of this name.'),
('import_plus_one_of', 'Whom the guest accompanies is not a guest, or several are called so. Give both the same household, or set plus_one_of afterwards.'),
('import_duplicate', 'The household already has a guest of this name; the row was left out.'),
('import_same_name', 'Another row has the same name, in another household.'),
('import_too_long', 'The text is too long; it was cut.'),
('import_cells', 'The row has more cells than the headings.'),
('import_postcode', 'A leading zero was missing, because spreadsheets drop it, and has been added.'),
('import_number', 'This is not a number of guests; it was left out.'),
('import_private', 'Notes, gifts and thank-yous are private to the couple; they were left out.'),
('import_seat', 'The seat is taken, or beyond the capacity of the table; the guest sits at the table without a number.');
