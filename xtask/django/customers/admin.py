"""The list page of Django's admin."""

from django.contrib import admin

from .models import Customer


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ["name", "email", "phone", "company", "city", "country", "active", "vip"]
    list_per_page = 25
    search_fields = ["name", "email"]
