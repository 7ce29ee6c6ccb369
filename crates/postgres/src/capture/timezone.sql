-- Which changes of the time zone data the server knows, newest first. A zone it does not have is an error, so this runs
-- behind a savepoint. Facts: NEWS of the time zone database at https://data.iana.org/time-zones/tzdb/NEWS.
-- Versions: 13 to 18. Privileges: none. Column: release.
select case
  when timestamptz '2025-07-01 12:00+00' at time zone 'America/Asuncion' = timestamp '2025-07-01 09:00' then '2025a or later'
  when timestamptz '2024-07-01 12:00+00' at time zone 'Asia/Almaty' = timestamp '2024-07-01 17:00' then '2024a or later'
  when timestamptz '2023-07-01 12:00+00' at time zone 'Africa/Cairo' = timestamp '2023-07-01 15:00' then '2023c or later'
  when timestamptz '2023-07-01 12:00+00' at time zone 'America/Mexico_City' = timestamp '2023-07-01 06:00' then '2022f or later'
  when timestamptz '2023-01-01 12:00+00' at time zone 'Asia/Amman' = timestamp '2023-01-01 15:00' then '2022e or later'
  else 'before 2022e'
end
