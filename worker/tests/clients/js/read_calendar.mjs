// What ical.js, which Thunderbird's calendar is built on, reads in the calendar on standard input: its events as JSON.
import { text } from "node:stream/consumers";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(await text(process.stdin)));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const people = (component, name) => component.getAllProperties(name).map((each) => ({
  name: each.getParameter("cn"), answer: each.getParameter("partstat"), address: each.getFirstValue(),
}));
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid, sequence: event.sequence, summary: event.summary, location: event.location, description: event.description,
    start: event.startDate.toJSDate().toISOString(), end: event.endDate.toJSDate().toISOString(),
    zone: event.startDate.zone.tzid, organizer: people(component, "organizer"), attendees: people(component, "attendee"),
    status: component.getFirstPropertyValue("status"), categories: component.getFirstProperty("categories").getValues(),
  };
});
console.log(JSON.stringify({ name: calendar.getFirstPropertyValue("x-wr-calname"), events }));
