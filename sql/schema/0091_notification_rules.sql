create table wedsync_data.notification_channels (
    channel text not null,
    tiers text[] not null default '{standard,premium,enterprise}',
    least_priority text not null default 'low',
    joins_when_high boolean not null default false,
    max_attempts smallint not null default 8,
    first_retry interval not null default interval '15 seconds',
    longest_retry interval not null default interval '1 hour',
    is_enabled boolean not null default true,
    description text not null,
    constraint notification_channels_pkey primary key (channel),
    constraint notification_channels_tiers_known check (tiers <@ '{standard,premium,enterprise}'::text[]),
    constraint notification_channels_priority_known check (least_priority in ('low', 'normal', 'high')),
    constraint notification_channels_attempts check (max_attempts between 1 and 100),
    constraint notification_channels_retries check (first_retry > interval '0' and longest_retry >= first_retry)
);
comment on table wedsync_data.notification_channels is 'Channels outside the application, and for whom they are used. Update a row to change the rules.';
comment on column wedsync_data.notification_channels.channel is 'email, sms, push, webhook or log.';
comment on column wedsync_data.notification_channels.tiers is 'Tiers of weddings, or of the supplier that is told, for which it is used.';
comment on column wedsync_data.notification_channels.least_priority is 'It is not used for notifications of lower priority.';
comment on column wedsync_data.notification_channels.joins_when_high is 'Whether it is used for everything of priority high, unless the recipient has chosen otherwise.';
comment on column wedsync_data.notification_channels.max_attempts is 'Attempts until a delivery is given up.';
comment on column wedsync_data.notification_channels.first_retry is 'Pause after the first failure; it doubles with each further one.';
comment on column wedsync_data.notification_channels.longest_retry is 'Upper limit of that pause.';
comment on column wedsync_data.notification_channels.is_enabled is 'Whether it is used at all.';
comment on column wedsync_data.notification_channels.description is 'Description.';

insert into wedsync_data.notification_channels (channel, tiers, least_priority, joins_when_high, description) values
('email', '{standard,premium,enterprise}', 'low', false, 'E-mail by SMTP'),
('sms', '{premium,enterprise}', 'high', true, 'Text messages by an HTTP provider: costly, so for urgent notifications of premium customers only'),
('push', '{standard,premium,enterprise}', 'low', false, 'Web Push to browsers'),
('webhook', '{standard,premium,enterprise}', 'low', false, 'Requests to servers of couples, suppliers and the operator'),
('log', '{standard,premium,enterprise}', 'low', false, 'A line in the log of the worker, without content');

create unlogged table wedsync_data.unpushed_notifications (
    transaction_id xid8 not null default pg_current_xact_id(),
    couple_id uuid not null,
    id uuid not null,
    constraint unpushed_notifications_pkey primary key (transaction_id, couple_id, id)
);
comment on table wedsync_data.unpushed_notifications is
'Notifications of running transactions, which are broadcast together when the transaction commits: then the clocks of their channels are locked in one order.';
comment on column wedsync_data.unpushed_notifications.transaction_id is 'The transaction.';
comment on column wedsync_data.unpushed_notifications.couple_id is 'The wedding.';
comment on column wedsync_data.unpushed_notifications.id is 'The notification.';

create table wedsync_data.notification_kinds (
    kind text not null,
    audience jsonb not null default '{}',
    priority text not null default 'normal',
    channels text[] not null,
    rights text[] not null default '{}',
    placeholders text[] not null default '{}',
    reaches_contacts boolean not null default false,
    is_personal boolean not null default false,
    expires_after interval not null default interval '2 days',
    description text not null,
    constraint notification_kinds_pkey primary key (kind),
    constraint notification_kinds_kind_form check (kind ~ '^[a-z][a-z0-9_]{0,49}$' and kind <> 'core_fields_updated'),
    constraint notification_kinds_audience_form check (jsonb_typeof(audience) = 'object'),
    constraint notification_kinds_priority_known check (priority in ('low', 'normal', 'high')),
    constraint notification_kinds_channels_known check (channels <@ '{email,sms,push,webhook,log}'::text[]),
    constraint notification_kinds_expiry_positive check (expires_after > interval '0')
);
comment on table wedsync_data.notification_kinds is 'What people are notified of. Notifications inside the application are always stored; the other channels follow from the row, the preferences of the recipient and notification_channels.';
comment on column wedsync_data.notification_kinds.kind is 'Key.';
comment on column wedsync_data.notification_kinds.audience is 'Recipients if the call names none: {"roles": [...]}.';
comment on column wedsync_data.notification_kinds.priority is 'low, normal or high, if the call names none.';
comment on column wedsync_data.notification_kinds.channels is 'Channels beside the application, unless the recipient has chosen otherwise.';
comment on column wedsync_data.notification_kinds.rights is 'Names of rights that a recipient must have; one that does not exist is had by nobody.';
comment on column wedsync_data.notification_kinds.placeholders is 'Keys that the data of a call must have, and that templates may use.';
comment on column wedsync_data.notification_kinds.reaches_contacts is 'Whether helpers without a login may be told.';
comment on column wedsync_data.notification_kinds.is_personal is 'Whether it is nobody''s but the recipient''s: webhooks of the couple do not receive it, and partners do not see the failed deliveries of others.';
comment on column wedsync_data.notification_kinds.expires_after is 'A delivery that has not succeeded by then is given up.';
comment on column wedsync_data.notification_kinds.description is 'Description.';

create table wedsync_data.notification_templates (
    kind text not null,
    channel text not null default 'in_app',
    language text not null,
    subject text not null,
    body text not null,
    constraint notification_templates_pkey primary key (kind, channel, language),
    constraint notification_templates_kind_fkey foreign key (kind) references wedsync_data.notification_kinds (kind) on delete cascade,
    constraint notification_templates_channel_known check (channel in ('in_app', 'email', 'sms', 'push')),
    constraint notification_templates_language_form check (language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
    constraint notification_templates_lengths check (length(subject) between 1 and 200 and length(body) between 1 and 2000),
    constraint notification_templates_placeholders_form check (regexp_replace(subject || body, '\{[a-z][a-z0-9_]{0,49}\}', '', 'g') !~ '[{}]')
);
comment on table wedsync_data.notification_templates is 'Texts of notifications, with placeholders such as {task}. Channels without a template of their own use that of in_app, languages without one use English.';
comment on column wedsync_data.notification_templates.kind is 'The kind.';
comment on column wedsync_data.notification_templates.channel is 'in_app, email, sms or push.';
comment on column wedsync_data.notification_templates.language is 'Language as in BCP 47, such as de or es-MX.';
comment on column wedsync_data.notification_templates.subject is 'Title, or subject of an e-mail.';
comment on column wedsync_data.notification_templates.body is 'Text.';

create table wedsync_data.notification_addresses (
    owner_id uuid not null,
    is_supplier boolean not null,
    email text,
    email_verified_at timestamptz,
    phone text,
    phone_verified_at timestamptz,
    language text not null default 'en',
    time_zone text not null default 'UTC',
    quiet_from time,
    quiet_until time,
    updated_at timestamptz not null default now(),
    constraint notification_addresses_pkey primary key (owner_id),
    constraint notification_addresses_email_form check (email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' and length(email) <= 255),
    constraint notification_addresses_phone_form check (phone ~ '^\+[1-9][0-9]{6,14}$'),
    constraint notification_addresses_language_form check (language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
    constraint notification_addresses_verified_given check (
        (email_verified_at is null or email is not null) and (phone_verified_at is null or phone is not null)
    ),
    constraint notification_addresses_quiet_hours_paired check (num_nonnulls(quiet_from, quiet_until) in (0, 2) and quiet_from is distinct from quiet_until or quiet_from is null)
);
comment on table wedsync_data.notification_addresses is 'Where users and suppliers are reached outside the application, in which language, and when not. Only the owner and trusted server roles see a row.';
comment on column wedsync_data.notification_addresses.owner_id is 'User or supplier.';
comment on column wedsync_data.notification_addresses.is_supplier is 'Whether the owner is a supplier.';
comment on column wedsync_data.notification_addresses.email is 'E-mail address; without one, that of the user''s token, or of the supplier''s first owner.';
comment on column wedsync_data.notification_addresses.email_verified_at is 'When it was shown to belong to the owner. Nothing is sent to it before.';
comment on column wedsync_data.notification_addresses.phone is 'Number as in E.164, such as +447700900123.';
comment on column wedsync_data.notification_addresses.phone_verified_at is 'As for the e-mail address.';
comment on column wedsync_data.notification_addresses.language is 'Language of texts, as in BCP 47.';
comment on column wedsync_data.notification_addresses.time_zone is 'IANA name of the zone of the quiet hours.';
comment on column wedsync_data.notification_addresses.quiet_from is 'Start of the quiet hours, in which nothing is sent that is not of priority high.';
comment on column wedsync_data.notification_addresses.quiet_until is 'Their end, which may be on the next day.';
comment on column wedsync_data.notification_addresses.updated_at is 'When changed.';

create table wedsync_data.notification_preferences (
    couple_id uuid not null,
    owner_id uuid not null,
    choices jsonb not null default '{}',
    updated_at timestamptz not null default now(),
    constraint notification_preferences_pkey primary key (couple_id, owner_id),
    constraint notification_preferences_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint notification_preferences_choices_form check (jsonb_typeof(choices) = 'object')
);
create index notification_preferences_by_owner on wedsync_data.notification_preferences (owner_id);
comment on table wedsync_data.notification_preferences is 'Which notifications of a wedding a user or supplier wants, and by which channel.';
comment on column wedsync_data.notification_preferences.couple_id is 'The wedding.';
comment on column wedsync_data.notification_preferences.owner_id is 'User or supplier.';
comment on column wedsync_data.notification_preferences.choices is '{kind: {channel: true or false}}; kind * is for all that are not named.';
comment on column wedsync_data.notification_preferences.updated_at is 'When changed.';

create table wedsync_data.address_checks (
    owner_id uuid not null,
    target text not null,
    secret bytea not null,
    expires_at timestamptz not null,
    attempts smallint not null default 0,
    constraint address_checks_pkey primary key (owner_id, target),
    constraint address_checks_target_known check (target in ('email', 'phone')),
    constraint address_checks_attempts_range check (attempts between 0 and 5)
);
comment on table wedsync_data.address_checks is 'New addresses and numbers that wait for their code. The code is derived from the row and stored nowhere; only the pack''s own functions read the row.';
comment on column wedsync_data.address_checks.owner_id is 'User or supplier.';
comment on column wedsync_data.address_checks.target is 'email or phone.';
comment on column wedsync_data.address_checks.secret is 'Random bytes from which address_code derives the code.';
comment on column wedsync_data.address_checks.expires_at is 'Not valid from this moment on.';
comment on column wedsync_data.address_checks.attempts is 'Wrong codes so far.';

insert into wedsync_data.notification_kinds (kind, audience, priority, channels, rights, placeholders, reaches_contacts, description) values
('guest_rsvp', '{"roles": ["partner"]}', 'low', '{webhook}', '{guests.rsvp}', '{guest,event,status}', false, 'A guest has answered an invitation'),
('dietary_change', '{}', 'normal', '{email,push,webhook}', '{guests.dietaryCounts}', '{event,summary}', false, 'Dietary requirements or allergies of an event have changed'),
('task_assigned', '{}', 'normal', '{email,push,webhook}', '{}', '{task,due}', true, 'Somebody was given a task'),
('task_answered', '{"roles": ["partner", "planner"]}', 'normal', '{push,webhook}', '{tasks}', '{task,who,answer}', false, 'A task was accepted, declined or finished'),
('task_reminder', '{}', 'normal', '{email,sms,push,webhook}', '{}', '{task,due}', true, 'A task is due soon'),
('timeline_change_proposed', '{"roles": ["partner", "planner"]}', 'normal', '{email,push,webhook}', '{timeline.items}', '{item,minutes}', false, 'A change of the timeline needs approval'),
('budget_approval_requested', '{"roles": ["partner"]}', 'normal', '{email,push,webhook}', '{budget.lines}', '{line,amount}', false, 'An expense needs approval'),
('budget_approval_decided', '{}', 'normal', '{email,push,webhook}', '{budget.lines}', '{line,decision}', false, 'An expense was approved or rejected'),
('message_received', '{}', 'normal', '{email,push,webhook}', '{}', '{sender,text}', false, 'Somebody has sent a message'),
('photo_waiting', '{"roles": ["partner"]}', 'low', '{push,webhook}', '{photos}', '{count}', false, 'Photos wait for approval'),
('vendor_status', '{"roles": ["partner", "planner"]}', 'normal', '{push,webhook}', '{vendors}', '{vendor,status}', false, 'The status of a supplier has changed'),
('ceremony_venue_changed', '{}', 'normal', '{email,push,webhook}', '{wedding.ceremonyVenue.name,wedding.ceremonyVenue.address}', '{venue,previous}', false, 'The ceremony takes place elsewhere'),
('reception_venue_changed', '{}', 'normal', '{email,push,webhook}', '{wedding.receptionVenue.name,wedding.receptionVenue.address}', '{venue,previous}', false, 'The reception takes place elsewhere'),
('website_updated', '{"roles": ["partner"]}', 'low', '{webhook}', '{website}', '{address}', false, 'The wedding website has changed'),
('breaker_opened', '{}', 'high', '{webhook,log}', '{}', '{integration}', false, 'An integration is failing and is not called for a while'),
('breaker_closed', '{}', 'high', '{webhook,log}', '{}', '{integration}', false, 'An integration works again'),
('webhook_endpoint_disabled', '{"roles": ["partner"]}', 'normal', '{email}', '{}', '{host,reason}', false, 'An outgoing webhook was disabled'),
('address_check', '{}', 'high', '{}', '{}', '{code}', true, 'A code that shows that an address belongs to its owner'),
('delivery_dead', '{"roles": ["partner"]}', 'normal', '{}', '{}', '{channel,title}', false, 'A notification could not be delivered');
-- the day of the events that they are about makes these urgent, and late ones useless
update wedsync_data.notification_kinds set expires_after = interval '12 hours' where kind in ('task_reminder', 'breaker_opened', 'breaker_closed');
update wedsync_data.notification_kinds set expires_after = interval '15 minutes' where kind = 'address_check';
update wedsync_data.notification_kinds set is_personal = true where kind in ('message_received', 'address_check');

insert into wedsync_data.notification_templates (kind, language, subject, body) values
('guest_rsvp', 'en', 'Reply from {guest}', '{guest} has replied to the invitation to {event}: {status}'),
('guest_rsvp', 'de', 'Antwort von {guest}', '{guest} hat auf die Einladung zu {event} geantwortet: {status}'),
('guest_rsvp', 'es', 'Respuesta de {guest}', '{guest} ha respondido a la invitación a {event}: {status}'),
('dietary_change', 'en', 'Dietary requirements changed: {event}', '{summary}'),
('dietary_change', 'de', 'Ernährungswünsche geändert: {event}', '{summary}'),
('dietary_change', 'es', 'Han cambiado las necesidades alimentarias: {event}', '{summary}'),
('task_assigned', 'en', 'A task for you: {task}', 'You were asked to do this: {task}. Due: {due}'),
('task_assigned', 'de', 'Eine Aufgabe für dich: {task}', 'Du wurdest um Folgendes gebeten: {task}. Fällig: {due}'),
('task_assigned', 'es', 'Una tarea para ti: {task}', 'Te han pedido lo siguiente: {task}. Para: {due}'),
('task_answered', 'en', '{who}: {task}', '{who} has replied to the task {task}: {answer}'),
('task_answered', 'de', '{who}: {task}', '{who} hat zur Aufgabe {task} geantwortet: {answer}'),
('task_answered', 'es', '{who}: {task}', '{who} ha respondido sobre la tarea {task}: {answer}'),
('task_reminder', 'en', 'Due soon: {task}', 'This task is due on {due}: {task}'),
('task_reminder', 'de', 'Bald fällig: {task}', 'Diese Aufgabe ist am {due} fällig: {task}'),
('task_reminder', 'es', 'Vence pronto: {task}', 'Esta tarea vence el {due}: {task}'),
('timeline_change_proposed', 'en', 'The timeline needs your approval', '{item} would move by {minutes} minutes. Please approve or reject the change.'),
('timeline_change_proposed', 'de', 'Der Ablauf braucht eure Zustimmung', '{item} würde sich um {minutes} Minuten verschieben. Bitte stimmt zu oder lehnt ab.'),
('timeline_change_proposed', 'es', 'El programa necesita vuestra aprobación', '{item} se desplazaría {minutes} minutos. Aprobad o rechazad el cambio.'),
('budget_approval_requested', 'en', 'Approval needed: {line}', 'Please approve or reject {amount} for {line}.'),
('budget_approval_requested', 'de', 'Zustimmung nötig: {line}', 'Bitte stimmt {amount} für {line} zu oder lehnt ab.'),
('budget_approval_requested', 'es', 'Se necesita aprobación: {line}', 'Aprobad o rechazad {amount} para {line}.'),
('budget_approval_decided', 'en', '{line}: {decision}', 'The decision on {line}: {decision}'),
('budget_approval_decided', 'de', '{line}: {decision}', 'Über {line} wurde entschieden: {decision}'),
('budget_approval_decided', 'es', '{line}: {decision}', 'Se ha decidido sobre {line}: {decision}'),
('message_received', 'en', 'Message from {sender}', '{text}'),
('message_received', 'de', 'Nachricht von {sender}', '{text}'),
('message_received', 'es', 'Mensaje de {sender}', '{text}'),
('photo_waiting', 'en', 'Photos are waiting for your approval', 'Photos waiting: {count}'),
('photo_waiting', 'de', 'Fotos warten auf eure Freigabe', 'Wartende Fotos: {count}'),
('photo_waiting', 'es', 'Hay fotos que esperan vuestra aprobación', 'Fotos en espera: {count}'),
('vendor_status', 'en', '{vendor}: {status}', 'The status of {vendor} is now: {status}'),
('vendor_status', 'de', '{vendor}: {status}', 'Der Status von {vendor} ist jetzt: {status}'),
('vendor_status', 'es', '{vendor}: {status}', 'El estado de {vendor} es ahora: {status}'),
('ceremony_venue_changed', 'en', 'The ceremony has a new venue', 'New venue of the ceremony: {venue}. Previously planned: {previous}'),
('ceremony_venue_changed', 'de', 'Die Trauung findet woanders statt', 'Neuer Ort der Trauung: {venue}. Bisher war vorgesehen: {previous}'),
('ceremony_venue_changed', 'es', 'La ceremonia cambia de lugar', 'Nuevo lugar de la ceremonia: {venue}. Antes estaba previsto: {previous}'),
('reception_venue_changed', 'en', 'The reception has a new venue', 'New venue of the reception: {venue}. Previously planned: {previous}'),
('reception_venue_changed', 'de', 'Die Feier findet woanders statt', 'Neuer Ort der Feier: {venue}. Bisher war vorgesehen: {previous}'),
('reception_venue_changed', 'es', 'La celebración cambia de lugar', 'Nuevo lugar de la celebración: {venue}. Antes estaba previsto: {previous}'),
('website_updated', 'en', 'Your wedding website has changed', 'See {address}'),
('website_updated', 'de', 'Eure Hochzeitsseite hat sich geändert', 'Siehe {address}'),
('website_updated', 'es', 'Vuestra página de boda ha cambiado', 'Ver {address}'),
('breaker_opened', 'en', '{integration} is failing', '{integration} keeps failing and will not be used for a while. Pending messages will be sent later.'),
('breaker_opened', 'de', '{integration} ist gestört', '{integration} wird eine Weile nicht aufgerufen, weil Aufrufe scheitern. Was wartet, wird später gesendet.'),
('breaker_opened', 'es', '{integration} está fallando', '{integration} no se usará por un tiempo porque falla. Lo pendiente se enviará más tarde.'),
('breaker_closed', 'en', '{integration} is working again', '{integration} is being used again.'),
('breaker_closed', 'de', '{integration} funktioniert wieder', '{integration} wird wieder aufgerufen.'),
('breaker_closed', 'es', '{integration} vuelve a funcionar', '{integration} se vuelve a usar.'),
('webhook_endpoint_disabled', 'en', 'An outgoing webhook was disabled: {host}', 'Nothing is sent to {host} any more: {reason}'),
('webhook_endpoint_disabled', 'de', 'Ein ausgehender Webhook wurde abgeschaltet: {host}', 'An {host} wird nichts mehr gesendet: {reason}'),
('webhook_endpoint_disabled', 'es', 'Se ha desactivado un webhook saliente: {host}', 'Ya no se envía nada a {host}: {reason}'),
('address_check', 'en', 'Your code: {code}', 'Enter this code to confirm your address or number: {code}. It is valid for 15 minutes. If you did not request it, ignore this message.'),
('address_check', 'de', 'Dein Code: {code}', 'Gib diesen Code ein, um deine Adresse oder Nummer zu bestätigen: {code}. Er gilt 15 Minuten. Wenn du ihn nicht angefordert hast, ignoriere diese Nachricht.'),
('address_check', 'es', 'Tu código: {code}', 'Introduce este código para confirmar tu dirección o tu número: {code}. Es válido durante 15 minutos. Si no lo has pedido, ignora este mensaje.'),
('delivery_dead', 'en', 'A notification could not be delivered', 'By {channel}: {title}'),
('delivery_dead', 'de', 'Eine Benachrichtigung kam nicht an', 'Über {channel}: {title}'),
('delivery_dead', 'es', 'No se pudo entregar una notificación', 'Por {channel}: {title}');

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('notification-write', 120, 60, 'Notification preferences, addresses, devices, endpoints of webhooks, sending again'),
('address-check', 10, 3600, 'Sending and entering codes for addresses and numbers');
